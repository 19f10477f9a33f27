"""A guide in its forms for readers: what is told, in which order, where it comes from, and that the pages are sound."""

import re
from dataclasses import replace
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from guide_sample import ADDRESS, DAY, FIELDS, POINT, WORDS, a_guide, cells, claiming, days, promised
from jizhun.guides.documents import (
    Entry,
    Reading,
    as_data,
    as_docx,
    as_pdf,
    as_poster,
    as_text,
    full,
    page_address,
    short,
    since_printed,
)
from jizhun.guides.documents.foot import SINCE_PRINTED, holds
from jizhun.guides.rules.guide import Guide, Shown
from jizhun.kernel.bilingual import Bilingual

LANGUAGES = ("zh", "en")


def entry(reading: Reading, code: str) -> Entry:
    found = reading.of(code)
    assert found is not None
    return found


def codes(reading: Reading) -> list[str]:
    return [one.code for chapter in reading.chapters for one in chapter.entries]


# -- the reading -----------------------------------------------------------------------------------


def test_the_short_version_has_what_a_visit_needs_in_its_order() -> None:
    reading = short(a_guide(), WORDS)
    assert [one.code for one in reading.promises] == ["promised_limit", "fee"]
    assert [one.code for one in reading.chapters] == ["bring", "how", "where", "wrong"]
    assert codes(reading) == ["materials", "steps", "online", "points", "contacts", "complaints"]


def test_the_full_version_tells_every_filled_field_and_every_required_one_once() -> None:
    guide = a_guide()
    told = [one.code for one in full(guide, WORDS).entries]
    due = {one.field.code for one in guide.shown if not one.empty or one.field.required}
    assert sorted(told) == sorted(due - {"material_notes"})  # those stand beside the materials


def test_a_required_field_that_nobody_filled_says_so_and_no_other_does() -> None:
    reading = full(a_guide(), WORDS)
    missing = [one for one in reading.entries if one.form == "missing"]
    assert [one.code for one in missing] == ["complaints"] and "ask the office" in missing[0].text.en
    assert reading.of("system") is None


def test_a_promise_carries_its_way_and_the_paper_that_won() -> None:
    promise = entry(full(a_guide(), WORDS), "promised_limit")
    assert promise.stages == Bilingual("国家 10 个工作日 → 乙县 3 个工作日",
                                       "Nation 10 working days → County B 3 working days")
    (origin,) = promise.origins
    assert origin.words == Bilingual("乙县 · 《承诺表》第一行 · 已核对来源",
                                     "County B · Table of commitments, row 1 · source read")


@pytest.mark.parametrize(("mark", "words"), [
    ("V", "source read"), ("R", "not verified"), ("V-repo", "second-hand"), ("SIM", "simulated")])
def test_every_value_says_how_far_it_is_verified(mark: str, words: str) -> None:
    guide = a_guide(promised_limit=promised("promised_limit", days(3), {"K": days(3)}, mark))
    assert words in entry(short(guide, WORDS), "promised_limit").origins[0].words.en


def test_without_a_committed_limit_the_statutory_one_is_told_and_the_full_version_names_the_gap() -> None:
    guide = a_guide(promised_limit=None)
    assert [one.code for one in short(guide, WORDS).promises] == ["statutory_limit", "fee"]
    assert entry(full(guide, WORDS), "promised_limit").form == "missing"


def test_what_to_bring_says_why_and_where_to_get_each() -> None:
    bring = entry(short(a_guide(), WORDS), "materials")
    assert bring.lead.en == "Why you need them: Nation · Table of commitments, row 1 · source read"
    card, form = bring.lines
    assert (card.text.en, form.text.en, form.notes) == ("Card", "Form", ())
    assert [(one.label.en, one.text.en) for one in card.notes] == [
        ("Note", "en about the card"), ("Where to get it", "You hold it"), ("Form", "original, × 2"),
        ("Blank form", "https://forms.example/card")]


def test_without_a_list_the_materials_that_rules_name_are_told_as_no_list() -> None:
    bring = entry(short(a_guide(materials=None), WORDS), "material_notes")
    assert [one.text.en
            for one in bring.lines] == ["en about the card"] and "full list is not on record" in bring.lead.en


def test_a_value_that_depends_tells_on_what() -> None:
    guide = a_guide(promised_limit=None, statutory_limit=promised("statutory_limit", cells(), {"CN": None}))
    limit = entry(short(guide, WORDS), "statutory_limit")
    assert limit.whole == Bilingual("15–60 日", "15–60 calendar days")
    assert [one.text.en for one in limit.lines] == ["easy: 15 calendar days", "hard: 60 calendar days"]


@pytest.mark.parametrize(("unit", "words"), [
    ("working_day", "On the same working day"), ("calendar_day", "On the same day"), ("CNY", "Free of charge")])
def test_nothing_at_all_is_said_in_words(unit: str, words: str) -> None:
    guide = a_guide(promised_limit=promised("promised_limit", days(0, unit), {"K": days(0, unit)}))
    assert entry(short(guide, WORDS), "promised_limit").whole.en == words


def test_supplements_of_places_stand_together_each_with_its_source() -> None:
    contacts = entry(full(a_guide(), WORDS), "contacts")
    assert [one.phone for one in contacts.lines] == ["12333", "010-5550101"]
    assert [one.place.en for one in contacts.origins] == ["Nation", "County B"]
    assert contacts.lines[1].notes[0].text == Bilingual("周一", "Monday")


def test_a_line_with_a_clause_of_its_own_cites_it_in_the_full_version_only() -> None:
    cited = entry(full(a_guide(), WORDS), "steps").lines[0].origin
    assert cited is not None and cited.cited == Bilingual("第三条", "article 3")
    assert entry(short(a_guide(), WORDS), "steps").lines[0].origin is None


def test_service_points_say_when_they_are_open_and_who_can_get_in() -> None:
    (hall,) = entry(short(a_guide(), WORDS), "points").lines
    told = {one.label.en: one.text.en for one in hall.notes}
    assert told == {"Address": "1 Road", "Hours": "Monday to Wednesday 09:00–12:00, 13:30–17:00", "Access": "Lift",
                    "Languages": "Chinese, English"}


def many_points(number: int) -> Guide:
    """A guide of the nation's many points, none of them its own; farther and farther away."""
    points = tuple(replace(POINT, code=f"P{n}", region=f"X{n}", place=(116.5 + n / 10, 35.4), mark="SIM")
                   for n in reversed(range(number)))
    return a_guide(points=Shown(FIELDS["points"], points=points))


def test_of_very_many_points_the_nearest_are_told_to_whoever_says_where_they_are() -> None:
    near = entry(short(many_points(40), WORDS, (116.5, 35.4)), "points")
    assert [one.key for one in near.lines] == ["P0", "P1", "P2"]
    far = entry(short(many_points(40), WORDS), "points")
    assert far.lines == () and far.lead.en.startswith("There are 40 service points")


def test_the_whole_country_tells_no_points_that_lie_in_some_county() -> None:
    assert short(replace(many_points(40), path=("CN",)), WORDS).of("points") is None


def test_what_is_not_told_makes_nothing_simulated() -> None:
    assert short(many_points(40), WORDS).notices == ()
    assert any("simulated" in one.en for one in short(many_points(3), WORDS).notices)


@pytest.mark.parametrize(("says", "words"), [
    ("offered", ""), ("not_offered", "County B does not handle this. There is none."), ("unknown", "")])
def test_what_the_place_says_of_handling_it_stands_first(says: str, words: str) -> None:
    assert " ".join(one.en for one in short(a_guide(), claiming(says)).notices) == words


def test_a_place_that_has_said_nothing_at_all_is_not_counted_as_handling_it() -> None:
    guide = replace(a_guide(), path=("CN", "P", "Z"))
    words = replace(claiming("unknown"), places={**WORDS.places, "Z": Bilingual("丙县", "County Z")})
    assert [one.en for one in short(guide, words).notices] == [
        "Whether County Z handles this is not on record here: ask before you go."]


# -- the foot --------------------------------------------------------------------------------------


def test_the_code_leads_to_what_changed_since_that_day_and_that_content() -> None:
    guide = a_guide()
    assert page_address("https://site.example", "zh", short(guide, WORDS)) == ADDRESS
    query = parse_qs(urlsplit(since_printed(ADDRESS, guide)).query)
    assert query == {"region": ["K"], "printed": [DAY.isoformat()], "seen": [guide.seal]}


# -- the products ----------------------------------------------------------------------------------


def squeezed(text: str) -> str:
    """Without white space: where lines break is the printer's own business."""
    return re.sub(r"[\s\u200b]+", "", text)


def said_of(reading: Reading, language: str) -> list[str]:
    """What every product for readers must hold."""
    words = [reading.title, reading.lead.text, *(one.name for one in reading.chapters)]
    for one in reading.entries:
        words += [one.whole, *(line.text for line in one.lines), *(origin.words for origin in one.origins)]
    phones = [line.phone for one in reading.entries for line in one.lines if line.phone]
    return [squeezed(one) for one in [*(word.in_language(language) for word in words), *phones] if one]


def pdf_text(made: bytes) -> str:
    return squeezed("".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages))


def docx_text(made: bytes) -> str:
    return squeezed("".join(one.text or "" for one in Document(BytesIO(made)).element.body.iter(qn("w:t"))))


@pytest.mark.font
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("whole", [True, False])
def test_text_pdf_and_docx_say_all_of_the_reading(language: str, whole: bool) -> None:
    reading = (full if whole else short)(a_guide(), WORDS)
    text = squeezed(as_text(reading, language, ADDRESS))
    pdf, docx = pdf_text(as_pdf(reading, language, ADDRESS)), docx_text(as_docx(reading, language, ADDRESS))
    for words in [*said_of(reading, language), squeezed(ADDRESS), reading.guide.seal]:
        assert words in text and words in docx and words in pdf


@pytest.mark.font
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("large", [True, False])
def test_the_pdf_is_tagged_for_readers_that_cannot_see_it(language: str, large: bool) -> None:
    made = PdfReader(BytesIO(as_pdf(full(a_guide(), WORDS), language, ADDRESS, large=large)))
    root: Any = made.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and str(root["/Lang"]).lower().startswith(language)
    assert b"pdfuaid:part>1<" in root["/Metadata"].get_object().get_data()
    assert made.metadata is not None and Bilingual("办一件事",
                                                   "Do a thing").in_language(language) in str(made.metadata.title)


@pytest.mark.font
def test_large_type_is_larger() -> None:
    def size(large: bool) -> float:
        sizes: list[float] = []
        page = PdfReader(BytesIO(as_pdf(short(a_guide(), WORDS), "zh", ADDRESS, large=large))).pages[0]
        page.extract_text(visitor_text=lambda text, _cm, tm, _font, points: sizes.append(points * abs(tm[3]))
                          if "step" in text else None)
        return max(sizes)

    assert size(True) > 1.3 * size(False)


def assert_one_page(made: bytes, reading: Reading, language: str) -> None:
    """One page, on which nothing runs into the foot: what stands lowest is below the sentence on the code."""
    (page,) = PdfReader(BytesIO(made)).pages
    pieces: list[tuple[float, str]] = []
    page.extract_text(visitor_text=lambda text, cm, tm, _font, _size: pieces.append(
        (cm[5] + cm[3] * tm[5], squeezed(text))) if text.strip() else None)
    line = next(y for y, text in pieces if squeezed(SINCE_PRINTED.in_language(language))[:8] in text)
    below = [text for y, text in pieces if y < line - 1]
    foot = squeezed(SINCE_PRINTED.in_language(language) + ADDRESS + holds(reading).in_language(language))
    assert below and [text for text in below if text not in foot] == []


@pytest.mark.font
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("times", [1, 12, 60])
def test_a_poster_is_one_page_however_much_there_is(language: str, times: int) -> None:
    steps = [{"id": str(n), "zh": "带上证件，到窗口交申请表，等候叫号，再签字。" * 3,
              "en": "Take your papers to the counter, hand in the form, wait for your number and sign. " * 3}
             for n in range(times)]
    base = a_guide()
    shown = base.of("steps")
    assert shown is not None and shown.words is not None
    guide = a_guide(steps=replace(shown, words=replace(shown.words, content=steps)))
    made = as_poster(short(guide, WORDS), language, ADDRESS)
    text = pdf_text(made)
    assert_one_page(made, short(guide, WORDS), language)
    assert guide.seal in text and squeezed(ADDRESS) in text
    assert ("scan the code for the rest" if language == "en" else "其余扫码查看").replace(" ", "") in text or times == 1


def test_docx_has_real_headings_lists_and_a_code_that_is_described() -> None:
    made = Document(BytesIO(as_docx(full(a_guide(), WORDS), "zh", ADDRESS)))
    styles = [one.style.name for one in made.paragraphs if one.style is not None]
    assert styles.count("Title") == 1 and styles.count("List Number") == 2 and styles.count("Heading 1") > 5
    (picture,) = made.element.body.iter(qn("wp:docPr"))
    assert picture.get("descr") == f"二维码，打开 {ADDRESS}"
    used = {one.style.name: one.style for one in made.paragraphs if one.style is not None}
    fonts = [one.get(qn("w:eastAsia")) for style in used.values() for one in style.element.iter(qn("w:rFonts"))]
    assert set(fonts) == {"SimSun", "SimHei"} and len(fonts) == len(used)


def test_the_same_guide_is_the_same_file() -> None:
    reading = short(a_guide(), WORDS)
    assert as_docx(reading, "zh", ADDRESS) == as_docx(reading, "zh", ADDRESS)


def test_words_that_only_the_other_language_has_stand_in_it() -> None:
    base = a_guide().of("delivery")
    assert base is not None and base.words is not None
    only = replace(base, words=replace(base.words, content={"zh": "邮寄到家", "en": ""}))
    assert "邮寄到家" in as_text(full(a_guide(delivery=only), WORDS), "en")


def test_data_tell_what_each_field_says_and_by_whom() -> None:
    data = as_data(a_guide(), WORDS)
    assert data["missing"] == ["complaints"] and "complaints" not in data["fields"]
    assert data["fields"]["promised_limit"]["value"] == {"amount": "3", "unit": "working_day"}
    assert [one["region"] for one in data["fields"]["contacts"]["from"]] == ["CN", "K"]
    assert data["fields"]["contacts"]["mark"] == "R"
