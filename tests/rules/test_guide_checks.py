"""Quality checks of guides: what is wrong, how grave, whose it is; reading level, telephones, links."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from jizhun.guides.rules import Field, Layer, Said, read_field, resolve
from jizhun.guides.rules.checks import (
    Around,
    Ended,
    Finding,
    findings,
    instant,
    mostly_chinese,
    not_allowed,
    of_content,
)
from jizhun.guides.rules.guide import Guide, Shown
from jizhun.guides.rules.plainness import characters, grade, hard_chinese, hard_english, syllables
from jizhun.guides.rules.reaching import Dead, Look, dead, links_in, made_up, wrong_link, wrong_number
from jizhun.kernel.bilingual import Bilingual
from jizhun.provisions.rules.values import Quantity

DAY, LATER = date(2026, 1, 1), date(2026, 6, 1)
AROUND = Around(LATER, words={"予以": "给"})


def a_field(code: str = "f", kind: str = "lines", policy: str = "supplement", **more: Any) -> Field:
    return read_field({"code": code, "part": "what", "kind": kind, "policy": policy, "zh": "条件", "en": "Conditions",
                       **more})


def item(**more: Any) -> dict[str, Any]:
    return {"id": "a", "zh": "带身份证。", "en": "Bring your identity card.", **more}


def of(content: Any, one: Field | None = None, around: Around = AROUND) -> list[Finding]:
    return list(of_content(one or a_field(), content, "990101", around))


def kinds(found: Any) -> list[tuple[str, str]]:
    return [(one.kind, one.severity) for one in found]


def guide_of(one: Field, *layers: Layer) -> Guide:
    (words,) = resolve([one], layers)
    path = tuple(layer.place for layer in layers)
    return Guide("guide", "NB029-EX01", Bilingual("事", "m"), "", "NB029", path, LATER, "all", (Shown(one, words),))


def layer(place: str, content: Any = None, since: date = DAY, forced: bool = False, **more: Any) -> Layer:
    return Layer(place, 1, since, {"f": Said(content, since, **more)}, {"f": since} if forced else {})


class TestTelephones:
    @pytest.mark.parametrize("number", [
        "12333", "12345", "110", "95588", "0571-12345", "0571-87654321", "(0571) 8765 4321", "010-12345678",
        "0571 87654321 转 8012", "0571-87654321-801", "13812345678", "138 1234 5678", "+86 571 8765 4321",
        "+86-13812345678", "400-810-1234", "0990-1234567", "０５７１－８７６５４３２１", "+49 30 123456",
        "0571-87654321；0571-87654322", "12333、13812345678", "0571-87654321 ext. 12", ""])
    def test_what_can_be_dialled(self, number: str) -> None:
        assert wrong_number(number) is None

    @pytest.mark.parametrize(("number", "told", "why"), [
        ("87654321", "87654321", "lacks the area code"), ("0571-876543", "0571-876543", "wrong number of digits"),
        ("12812345678", "12812345678", "wrong number of digits"), ("0600-5550-ext", "0600-5550-ext", "no telephone"),
        ("see the website", "see the website", "no telephone"), ("12333; 123", "123", "wrong number of digits"),
        ("+12", "+12", "wrong number of digits"), ("138123456789", "138123456789", "wrong number of digits")])
    def test_what_cannot(self, number: str, told: str, why: str) -> None:
        found = wrong_number(number)
        assert found is not None and found[0] == told and why in found[1].en

    def test_other_nations_have_other_numbers(self) -> None:
        assert wrong_number("617-635-4000", "US") is None and wrong_number("617-635-4000") is not None


class TestLinks:
    @pytest.mark.parametrize("url", ["https://www.gov.cn/x?a=1#b", "http://人社.中国/办事", "https://example.org:8443/"])
    def test_well_formed(self, url: str) -> None:
        assert wrong_link(url) is None

    @pytest.mark.parametrize(("url", "why"), [
        ("www.gov.cn", "begin with http"), ("ftp://a.gov.cn/", "begin with http"), ("https://", "complete name"),
        ("https://gov", "complete name"), ("https://a b.cn", "spaces"), ("http://127.0.0.1/x", "inside one network"),
        ("http://10.0.0.1/", "inside one network"), ("http://localhost:8000/", "inside one network"),
        ("https://u:p@a.gov.cn/", "user name"), ("http://[::1/", "not written"), ("javascript:alert(1)", "begin with")])
    def test_malformed(self, url: str, why: str) -> None:
        found = wrong_link(url)
        assert found is not None and why in found.en

    def test_links_within_texts(self) -> None:
        assert links_in("请登录（https://a.gov.cn/b），或 http://c.cn/d。") == ["https://a.gov.cn/b", "http://c.cn/d"]
        assert made_up("https://gone.sample.example/1") and not made_up("https://a.gov.cn")

    def look(self, day: int, ok: bool) -> Look:
        return Look("u", DAY + timedelta(day), ok)

    def test_dead_only_after_three_failures_on_three_days_and_none_ok_since(self) -> None:
        fail, fine = False, True
        assert dead([self.look(n, fail) for n in (0, 1)]) == {}
        assert dead([self.look(n, fail) for n in (0, 0, 0, 0)]) == {}
        assert dead([self.look(n, fail) for n in (0, 1, 2)]) == {"u": Dead(DAY)}
        assert dead([*(self.look(n, fail) for n in (0, 1, 2)), self.look(3, fine)]) == {}
        assert dead([self.look(0, fail), self.look(1, fine), self.look(2, fail), self.look(3, fail)]) == {}


class TestReading:
    def test_long_chinese_sentences(self) -> None:
        assert hard_chinese("带身份证。到窗口。", {}) is None
        fifty, seventy = "一" * 51, "一" * 71
        for text, severity in ((fifty, "hint"), (seventy, "warning")):
            found = hard_chinese(f"短句。{text}。", {})
            assert found is not None and (found.severity, found.quote) == (severity, text)
        assert hard_chinese("一" * 50, {}) is None

    def test_titles_of_papers_count_as_one_word(self) -> None:
        assert characters("按《" + "长" * 60 + "》办 12333") == 4
        assert hard_chinese("按《" + "长" * 60 + "》办理。", {}) is None

    def test_long_clauses(self) -> None:
        found = hard_chinese(f"{'甲' * 21}，{'乙' * 21}。到窗口。", {})
        assert found is not None and found.severity == "warning" and "2 of 3 clauses" in found.why.en

    def test_words_of_offices_are_hints(self) -> None:
        found = hard_chinese("符合条件的予以办理。", {"予以": "给"})
        assert found is not None and found.severity == "hint" and "“予以”可写作“给”" in found.why.zh

    @pytest.mark.parametrize(("word", "count"), [("cat", 1), ("make", 1), ("table", 2), ("office", 2), ("paid", 1),
                                                 ("contribution", 4), ("unemployment", 4), ("needed", 2), ("asked", 1)])
    def test_syllables(self, word: str, count: int) -> None:
        assert syllables(word) == count

    def test_flesch_kincaid(self) -> None:
        assert grade("The cat sat on the mat.") == pytest.approx(0.39 * 6 + 11.8 - 15.59)
        easy = "Bring your card. Go to the desk. Ask for the form. " * 5
        hard = ("Notwithstanding applicable regulatory determinations, beneficiaries necessitating supplementary "
                "authorisation communicate documentation. ") * 4
        assert hard_english(easy) is None and hard_english(hard).severity == "warning"  # type: ignore[union-attr]

    def test_a_very_long_english_sentence(self) -> None:
        found = hard_english(" ".join(["go"] * 41))
        assert found is not None and "41 words" in found.why.en
        assert hard_english(" ".join(["go"] * 40)) is None


class TestWhatIsWritten:
    def test_nothing_is_wrong(self) -> None:
        assert of([item()]) == [] and of({"zh": "好", "en": "Good"}, a_field(kind="text")) == [] and of(None) == []

    @pytest.mark.parametrize(("more", "expected"), [
        ({"en": ""}, ("untranslated", "warning")), ({"zh": ""}, ("untranslated", "error")),
        ({"en": "带身份证 card"}, ("untranslated", "warning")), ({"where_zh": "银行"}, ("untranslated", "warning")),
        ({"phone": "1"}, ("telephone", "error")), ({"url": "gov.cn"}, ("link_malformed", "error")),
        ({"zh": "见 http://localhost/x"}, ("link_malformed", "error")),
        ({"zh": "予以办理。"}, ("hard_to_read", "hint"))])
    def test_one_thing_is_wrong(self, more: dict[str, str], expected: tuple[str, str]) -> None:
        assert kinds(of([item(**more)])) == [expected]

    def test_a_dead_link_is_named_with_its_first_failure(self) -> None:
        around = Around(LATER, dead={"https://a.gov.cn/": Dead(DAY)})
        (found,) = of([item(url="https://a.gov.cn/")], around=around)
        assert (found.kind, found.item) == ("link_dead", "a") and "since 2026-01-01" in found.sentence.en
        assert of([item(url="https://b.gov.cn/")], around=around) == []

    def test_a_paper_that_has_run_out(self) -> None:
        around = Around(LATER, ended={"old-1": Ended(Bilingual("《旧》", "Old"), DAY, "new-1")})
        (found,) = of([item(document="old-1")], around=around)
        assert found.kind == "expired_basis" and "new-1 replaces it" in found.sentence.en
        assert of([item(document="new-1")], around=around) == []

    def test_the_basis_need_not_read_easily(self) -> None:
        assert of([item(zh="一" * 80)], a_field("basis")) == []

    def test_mostly_chinese(self) -> None:
        assert mostly_chinese("办事 a") and not mostly_chinese("The Zhejiang 浙江 office") and not mostly_chinese("12")


class TestGuides:
    def test_missing_only_where_it_is_offered(self) -> None:
        guide = guide_of(a_field(required=True), Layer("CN", 0, DAY), Layer("990000", 0, DAY))
        (found,) = findings(guide, AROUND)
        assert (found.kind, found.severity, found.place) == ("missing", "error", "990000")
        assert findings(guide, AROUND, offered=False) == ()

    def test_words_are_told_of_the_place_that_wrote_them(self) -> None:
        guide = guide_of(a_field(), layer("CN", [item(phone="1")]), layer("990000", [item(id="b", en="")],
                                                                          above=guide_key([item(phone="1")])))
        assert [(one.place, one.kind) for one in findings(guide, AROUND)] == [("CN", "telephone"),
                                                                              ("990000", "untranslated")]

    def test_an_item_said_again_below_is_no_longer_the_upper_ones(self) -> None:
        guide = guide_of(a_field(), layer("CN", [item(phone="1")]), layer("990000", [item(phone="12345")],
                                                                          above=guide_key([item(phone="1")])))
        assert findings(guide, AROUND) == ()

    def test_refused_overruled_and_out_of_step(self) -> None:
        locked = guide_of(a_field(policy="locked"), layer("CN", [item()]), layer("990000", [item(id="b")]))
        assert kinds(findings(locked, AROUND)) == [("refused", "warning")]
        forced = guide_of(a_field(), layer("CN", [item()], since=LATER, forced=True), layer("990000", [item(id="b")]))
        assert kinds(findings(forced, AROUND)) == [("overruled", "hint")]
        moved = guide_of(a_field(), layer("CN", [item()], since=LATER), layer("990000", [item(id="b")], above=1))
        (found,) = findings(moved, Around(LATER, changed={"f": LATER}))
        assert found.kind == "out_of_step" and "since 2026-06-01" in found.sentence.en

    def test_put_off_is_not_out_of_step(self) -> None:
        guide = guide_of(a_field(), layer("CN", [item()], since=LATER),
                         layer("990000", [item(id="b")], above=1, deferred_until=LATER + timedelta(1)))
        assert findings(guide, AROUND) == ()

    def test_the_gravest_come_first(self) -> None:
        guide = guide_of(a_field(), layer("CN", [item(en=""), item(id="b", phone="1"), item(id="c", zh="予以。")]))
        assert [one.severity for one in findings(guide, AROUND)] == ["error", "warning", "hint"]

    @pytest.mark.parametrize(("amount", "unit", "severity"), [
        (0, "working_day", None), (1, "working_day", "hint"), (5, "calendar_day", "error"), (5, "hour", None)])
    def test_on_the_spot_with_days(self, amount: int, unit: str, severity: str | None) -> None:
        found = list(instant("CN", "instant", Quantity(Decimal(amount), unit)))
        assert [one.severity for one in found] == ([severity] if severity else [])
        assert list(instant("CN", "committed", Quantity(Decimal(amount), unit))) == []

    def test_materials_that_nobody_may_ask_for(self) -> None:
        notes = [{"id": "photo", "zh": "照片"}, {"id": "form", "zh": "表"}]
        (found,) = not_allowed("990101", notes, {"form", "id_card"})
        assert found.item == "photo" and "照片" in found.sentence.zh
        assert list(not_allowed("990101", notes, ())) == []


def guide_key(content: Any) -> int:
    from jizhun.guides.rules.fields import key_of

    return key_of(content)
