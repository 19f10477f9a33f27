"""An edition as portal and workbench show it: its tables, its pictures, and as files for other programs."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from jizhun.evaluation.models import PublishedEdition
from jizhun.evaluation.rules.publishing import Content, Shown, both, labels, shown
from jizhun.frame.charts import Bar, Chart, HeatCell, bars, heat_map, shade_of
from jizhun.frame.tables import FORMULA_STARTS, Cell, Column, Table
from jizhun.frame.tags import count, share, words
from jizhun.kernel.bilingual import Bilingual

Key = tuple[str, str]
AXES = {"item": Bilingual("项目", "Item"), "matter": Bilingual("事项", "Matter"),
        "month": Bilingual("受理月份", "Month"), "channel": Bilingual("渠道", "Channel")}
PLACE = Bilingual("地区", "Place")


def axis_name(code: str) -> Bilingual:
    """What a row or column is."""
    return AXES.get(code, PLACE)


def tables_of(content: Content, before: Content | None = None) -> list[Table]:
    """One table an index; a figure that was another one in ``before`` says so."""
    return [_table(content, one, before) for one in content["indices"]]


def _table(content: Content, index: Mapping[str, Any], before: Content | None) -> Table:
    columns, old = labels(content, "columns"), _by_key(before, index["code"])
    heads = [Column("code", _("Code")), Column("name", words(axis_name(content["down"])), "head")]
    heads += [Column(code or "total", words(Bilingual(zh, en)), "number") for code, zh, en in columns]
    rows: list[list[Cell | str]] = []
    line = list(shown(content, index["code"]))
    for at in range(0, len(line), len(columns)):
        label = line[at].row
        rows.append([label[0], words(Bilingual(label[1], label[2])),
                     *(_cell(one, old) for one in line[at:at + len(columns)])])
    small = _("Kept back: figures of fewer than %(n)s cases, and others from which they could be reckoned.") % {
        "n": content["smallest"]}
    return Table(str(index["code"]).replace(".", "-"), words(both(index["name"])), heads, rows,
                 note=small if content["hidden"] else "", caption_hidden=True, stacked=len(columns) < 3,
                 totals=frozenset({len(rows) - 1}))


def _by_key(content: Content | None, index: str) -> dict[Key, Shown]:
    if content is None or index not in [one["code"] for one in content["indices"]]:
        return {}
    return {(one.row[0], one.column[0]): one for one in shown(content, index)}


def _cell(one: Shown, old: Mapping[Key, Shown]) -> Cell:
    before = old.get((one.row[0], one.column[0]))
    text, small = _text(one), _counts(one)
    if old and (before is None or (before.figure, before.hidden) != (one.figure, one.hidden)):
        was = _text(before) if before else _("no case")
        counts = f" ({_counts(before)})" if before and _counts(before) else ""
        small = f"{small} · {_('was %(figure)s') % {'figure': was + counts}}".removeprefix(" · ")
    value = one.share
    return Cell(text, small=small, plain=text if value is None else round(float(value), 6))


def _text(one: Shown) -> str:
    if one.hidden:
        return _("kept back")
    return "" if one.figure is None else share(None if one.share is None else float(one.share))


def _counts(one: Shown) -> str:
    return f"{count(one.figure[0])} / {count(one.figure[1])}" if one.figure and one.figure[1] else ""


# -- pictures --------------------------------------------------------------------------------------


def pictures_of(content: Content) -> list[Chart]:
    """One picture an index: a heat table over two dimensions, bars over one; the deeper, the worse."""
    return [_picture(content, one) for one in content["indices"]]


def _picture(content: Content, index: Mapping[str, Any]) -> Chart:
    name = f"picture-{str(index['code']).replace('.', '-')}"
    title = words(both(index["name"])) + (f" ({_('simulated')})" if content["simulated"] else "")
    figures = [one for one in shown(content, index["code"]) if content["across"] == "" or one.column[0] != ""]
    if not content["across"]:
        return bars(name, title, [Bar(words(Bilingual(*one.row[1:])), float(one.share),
                                      f"{share(float(one.share))} · n = {count(one.figure[1])}", one.row[0] == "")
                                  for one in figures if one.figure and one.share is not None])
    columns = labels(content, "columns")[:-1]
    values = [float(one.share) for one in figures if one.share is not None and one.row[0]]
    higher = index["better"]["en"] == "higher"
    lines = [(words(Bilingual(*figures[at].row[1:])),
              [_square(one, values, higher) for one in figures[at:at + len(columns)]])
             for at in range(0, len(figures), len(columns))]
    return heat_map(name, title, [words(Bilingual(zh, en)) for _code, zh, en in columns], lines[:-1])


def _square(one: Shown, values: Sequence[float], higher: bool) -> HeatCell | None:
    if one.hidden:
        return HeatCell(None, "", _("kept back"))
    if one.figure is None or one.share is None:
        return None
    value, ends = float(one.share), (min(values), max(values))
    shade = shade_of(-value, -ends[1], -ends[0]) if higher else shade_of(value, *ends)
    return HeatCell(shade if ends[0] < ends[1] else 0, share(value), count(one.figure[1]))


# -- files -----------------------------------------------------------------------------------------

COLUMNS = ("publication", "edition", "published_on", "replaced", "simulated", "index", "index_zh", "index_en",
           "row_code", "row_zh", "row_en", "column_code", "column_zh", "column_en", "numerator", "denominator", "cases",
           "share", "kept_back", "definition_zh", "definition_en", "formula", "accepted_from", "accepted_to",
           "data_date", "quality", "engine", "engine_version", "run", "sql_sha256", "content_sha256")


def as_plain(edition: PublishedEdition, newest: int) -> dict[str, Any]:
    """Everything that an edition says, with what it is; ``content_sha256`` is over content and reason."""
    one = edition.proposal
    return {"edition": edition.number, "published_on": edition.published_at.date().isoformat(),
            "newest_edition": newest, "replaced": edition.number < newest,
            "reason": {"zh": one.reason_zh, "en": one.reason_en}, "content_sha256": edition.content_hash,
            "content": one.content}


def json_of(edition: PublishedEdition, newest: int) -> str:
    """The same as JSON."""
    return json.dumps(as_plain(edition, newest), ensure_ascii=False, indent=1) + "\n"


def csv_of(edition: PublishedEdition, newest: int) -> str:
    """A row a figure, each with all that it rests on; the SQL itself stands in the JSON, here its hash."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for row in _lines(edition, newest):
        writer.writerow({key: _harmless(value) for key, value in row.items()})
    return "\ufeff" + out.getvalue()


def _harmless(value: object) -> object:
    """A text that a spreadsheet would run as a formula is made harmless."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _lines(edition: PublishedEdition, newest: int) -> Iterator[dict[str, object]]:
    content = edition.proposal.content
    for index in content["indices"]:
        run = index["run"]
        about = {
            "publication": content["publication"], "edition": edition.number,
            "published_on": edition.published_at.date(), "replaced": int(edition.number < newest),
            "simulated": int(content["simulated"]), "index": index["code"], "index_zh": index["name"]["zh"],
            "index_en": index["name"]["en"], "definition_zh": index["text"]["zh"],
            "definition_en": index["text"]["en"], "formula": index["formula"], "accepted_from": content["first"],
            "accepted_to": content["last"], "data_date": content["as_of"], "quality": content["quality"]["grade"],
            "engine": run["engine"], "engine_version": run["engine_version"], "run": run["fingerprint"],
            "sql_sha256": hashlib.sha256(run["sql"].encode()).hexdigest(), "content_sha256": edition.content_hash}
        yield from ({**about, **_figure(one)} for one in shown(content, index["code"]))


def _figure(one: Shown) -> dict[str, object]:
    names = {"row_code": one.row[0], "row_zh": one.row[1], "row_en": one.row[2], "column_code": one.column[0],
             "column_zh": one.column[1], "column_en": one.column[2], "kept_back": int(one.hidden)}
    if one.figure is None:
        return {**names, "numerator": "", "denominator": "", "cases": "" if one.hidden else 0, "share": ""}
    numerator, denominator, cases = one.figure
    return {**names, "numerator": numerator, "denominator": denominator, "cases": cases,
            "share": "" if one.share is None else round(float(one.share), 8)}
