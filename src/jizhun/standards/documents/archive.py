"""The standards-system package: everything that is handed in, in one ZIP file that says what is in it."""

import hashlib
import zipfile
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO

from jizhun.kernel.bilingual import Bilingual
from jizhun.standards.documents.edition import Conclusion, Edition, Project
from jizhun.standards.documents.paper import DETAIL, DIAGRAM, EXPLANATION, PARTS, STATISTICS, picture_of, tables_docx
from jizhun.standards.documents.pictures import as_png
from jizhun.standards.documents.tables import plan_table, projects_table, review_table, to_make_table
from jizhun.standards.documents.word import put
from jizhun.standards.documents.workbook import statistics_xlsx, tables_xlsx, workbook
from jizhun.standards.rules.diagram import as_file
from jizhun.standards.rules.framework import FORMS

Progress = Callable[[int, int, str], None]
Made = tuple[str, Callable[[], bytes]]

TO_MAKE = Bilingual("拟制定标准清单", "Standards to be made")
PLAN = Bilingual("年度标准制修订计划", "Yearly plan")
REVIEWS = Bilingual("标准复审结论", "Review conclusions")
README, SUMS = "README.txt", "SHA256SUMS.txt"
ABOUT = Bilingual(
    "{name}\n标准体系文件包\n{made_for}\n\n本包由“基准”按上述日期和修订号生成；同一日期、同一修订号生成的文件完全相同。\n"
    "核对文件：sha256sum -c SHA256SUMS.txt\n\n文件（SHA-256、字节数、名称）：\n{files}\n",
    "{name}\nStandards-system package\n{made_for}\n\nMade by Jizhun for the day and revision above; "
    "made again for the same, the files are the same.\nTo check them: sha256sum -c SHA256SUMS.txt\n\n"
    "Files (SHA-256, bytes, name):\n{files}\n")


def package(*, edition: Edition, projects: Sequence[Project] = (), conclusions: Sequence[Conclusion] = (),
            progress: Progress | None = None) -> bytes:
    """All papers of the edition with a list of them. ``progress`` hears how many files are made, of how many, which."""
    files, made = list(_files(edition, projects, conclusions)), {}
    for done, (name, make) in enumerate(files):
        if progress:
            progress(done, len(files), name)
        made[name] = make()
    if progress:
        progress(len(files), len(files), "")
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in {README: _readme(edition, made), SUMS: _sums(made), **made}.items():
            put(archive, name, data)
    return content.getvalue()


def _files(edition: Edition, projects: Sequence[Project], conclusions: Sequence[Conclusion]) -> Iterator[Made]:
    """The name of each file and how it is made."""
    say = edition.say
    yield from _diagrams(edition)
    yield f"02 {say(PARTS[DETAIL])}.xlsx", lambda: tables_xlsx(edition)
    yield f"02 {say(PARTS[DETAIL])}.docx", lambda: tables_docx(edition, (DETAIL,))
    yield f"03 {say(PARTS[STATISTICS])}.xlsx", lambda: statistics_xlsx(edition)
    yield f"03 {say(PARTS[STATISTICS])}.docx", lambda: tables_docx(edition, (STATISTICS,))
    yield f"04 {say(PARTS[EXPLANATION])}.docx", lambda: tables_docx(edition, (EXPLANATION,))
    yield f"05 {say(TO_MAKE)}.xlsx", lambda: workbook(edition, [to_make_table(edition)])
    yield f"06 {say(PLAN)}.xlsx", lambda: workbook(edition, [plan_table(edition), projects_table(edition, projects)])
    yield f"07 {say(REVIEWS)}.xlsx", lambda: workbook(edition, [review_table(edition, conclusions)])


def _diagrams(edition: Edition) -> Iterator[Made]:
    """The three forms, each as SVG and as PNG."""
    for at, (form, name) in enumerate(FORMS.items(), 1):
        picture = picture_of(edition, form)
        path = f"01 {edition.say(PARTS[DIAGRAM])}/{at} {edition.say(name)}"
        yield f"{path}.svg", lambda drawn=picture: as_file(drawn).encode()  # type: ignore[misc]
        yield f"{path}.png", lambda drawn=picture: as_png(drawn)  # type: ignore[misc]


def _readme(edition: Edition, made: dict[str, bytes]) -> bytes:
    """For people: what this is and what is in it. A byte order mark, so that old editors read the Chinese."""
    files = "\n".join(f"{_hash(data)}  {len(data):>9}  {name}" for name, data in made.items())
    words = edition.say(ABOUT).format(name=edition.say(edition.framework.name), made_for=edition.made_for, files=files)
    return ("\ufeff" + words.replace("\n", "\r\n")).encode()


def _sums(made: dict[str, bytes]) -> bytes:
    """For programs: the form that sha256sum reads."""
    return "".join(f"{_hash(data)}  {name}\n" for name, data in made.items()).encode()


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
