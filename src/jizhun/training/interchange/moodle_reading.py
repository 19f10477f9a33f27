"""Moodle XML to questions. What Moodle knows and we do not is told question by question; nothing is dropped unsaid."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element as Xml

from jizhun.kernel.bilingual import Refused
from jizhun.training.interchange.cloze import LETTERS, accepted, read_cloze
from jizhun.training.interchange.items import Item, Losing, Taken, Untaken, sound
from jizhun.training.interchange.marked_up import Words, by_letters, words_of
from jizhun.training.interchange.parsing import child, children, local, parse, within
from jizhun.training.rules.questions import ID, number

NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "essay": ("作文题", "Essays"), "calculated": ("计算题", "Calculated questions"),
    "calculatedmulti": ("计算选择题", "Calculated choices"), "calculatedsimple": ("简单计算题", "Calculated questions"),
    "ddwtos": ("拖放填词题", "Words dragged into text"), "gapselect": ("选词填空题", "Words selected in text"),
    "ddimageortext": ("图片拖放题", "Pictures dragged onto pictures"),
    "ddmarker": ("拖放标记题", "Markers on pictures"),
    "randomsamatch": ("随机匹配题", "Random matching"), "random": ("随机题", "Random questions"),
    "description": ("说明文字", "Descriptions")}
PASSED_BY: Final = "category"


def read_moodle(content: bytes, name: str = "") -> Taken:
    """The questions in a Moodle XML file, sound ones only; raises Refused where it is no such file."""
    root = parse(content, name)
    if local(root) != "quiz":
        raise Refused(zh="这不是 Moodle XML 文件：最外层不是 quiz。",
                      en="This is not a Moodle XML file: its root is not “quiz”.")
    losing, found = Losing(), list[tuple[str, Item]]()
    for at, question in enumerate(children(root, "question"), 1):
        if question.get("type") != PASSED_BY:
            losing.where = _text(question, "idnumber") or _text(child(question, "name"), "text") or f"#{at}"
            try:
                found.append((losing.where, _item(question, losing)))
            except Untaken as untaken:
                losing.lose(untaken.sentence.zh, untaken.sentence.en)
    items = tuple(sound(found, losing))
    return Taken(items, tuple(losing.losses))


def _item(question: Xml, losing: Losing) -> Item:
    type_ = question.get("type", "")
    reader = _READERS.get(type_)
    if reader is None:
        zh, en = NAMES.get(type_, (f"“{type_}”题型", f"Questions of the type “{type_}”"))
        raise Untaken(f"没有带入：{zh}在本系统没有对应题型。", f"Not taken over: {en} have no like here.")
    _told(question, losing)
    kind, content = reader(question, losing)
    explanation = _html(child(question, "generalfeedback"), losing)
    if explanation["zh"]:
        content["explanation"] = explanation
    code = _text(question, "idnumber")
    return Item(code if ID.fullmatch(code) else _code(question), kind, content)


def _code(question: Xml) -> str:
    """The same question has the same code, so that a file can be brought in again."""
    return "M-" + hashlib.sha256(ElementTree.tostring(question, encoding="utf-8")).hexdigest()[:12]


def _told(question: Xml, losing: Losing) -> None:
    """Losses that every type may have."""
    if (_text(question, "defaultgrade") or "1").rstrip("0").rstrip(".") != "1":
        losing.lose("分值没有带入：分值由试卷蓝图决定。", "The weight was not taken over: blueprints decide on it.")
    if any(_text(one, "text").strip() for one in children(question, "hint")):
        losing.lose("提示没有带入。", "Hints were not taken over.")
    if any(_text(child(one, "feedback"), "text").strip() for one in children(question, "answer")):
        losing.lose("各选项的反馈没有带入。", "Feedback of single answers was not taken over.")
    if any(True for _ in within(question, "file")):
        losing.lose("附带的文件没有带入。", "Files inside the question were not taken over.")


def _text(element: Xml | None, name: str) -> str:
    found = None if element is None else child(element, name)
    return "" if found is None else (found.text or "")


def _html(element: Xml | None, losing: Losing) -> Words:
    """The words of an element that holds a ``text``; plain text where it says so."""
    if element is None:
        return {"zh": "", "en": ""}
    return words_of(_text(element, "text"), losing, markup=element.get("format", "html") != "plain_text")


def _stem(question: Xml, losing: Losing) -> Words:
    return _html(child(question, "questiontext"), losing)


def _fraction(answer: Xml) -> float:
    try:
        return float(answer.get("fraction", "0"))
    except ValueError:
        return 0.0


Read = tuple[str, dict[str, Any]]


def _choices(question: Xml, losing: Losing) -> Read:
    several = _text(question, "single").strip().lower() in ("false", "0")
    answers = list(children(question, "answer"))
    shares = [_fraction(one) for one in answers]
    if len(answers) > len(LETTERS):
        raise Untaken("选项超过 26 个。", "It has more than 26 choices.")
    if several:
        _check_shares(shares, losing)
    elif any(0 < one < 100 for one in shares):
        losing.lose("部分得分的选项按错误处理。", "Choices worth a part of the mark count as wrong.")
    options = [{"id": LETTERS[at], "text": _html(one, losing), "right": share > 0 if several else share >= 100}
               for at, (one, share) in enumerate(zip(answers, shares, strict=True))]
    return "multiple" if several else "single", {"stem": _stem(question, losing), "options": options}


def _check_shares(shares: Sequence[float], losing: Losing) -> None:
    right = {round(one, 2) for one in shares if one > 0}
    wrong = {round(-one, 2) for one in shares if one <= 0}
    if len(right) > 1 or wrong - right:
        losing.lose("各选项的分值没有带入：选对得分、选错扣分，各选项同等。",
                    "Shares of single choices were not taken over: right ones earn and wrong ones cost alike.")


def _true_false(question: Xml, losing: Losing) -> Read:
    right = max(children(question, "answer"), key=_fraction, default=None)
    if right is None:
        raise Untaken("没有答案。", "It has no answer.")
    said = _text(right, "text").strip().lower()
    return "true_false", {"stem": _stem(question, losing), "right": said in ("true", "1", "对", "正确")}


def _numeric(question: Xml, losing: Losing) -> Read:
    answers = [one for one in children(question, "answer") if _fraction(one) >= 100]
    right = next((one for one in answers if number(_text(one, "text").strip()) is not None), None)
    if right is None:
        raise Untaken("没有满分的数值答案。", "It has no number that is wholly right.")
    if sum(1 for _ in children(question, "answer")) > 1:
        losing.lose("只带入了第一个正确数值。", "Only the first right number was taken over.")
    return "numeric", {"stem": _stem(question, losing), "right": _text(right, "text").strip(),
                       "tolerance": _text(right, "tolerance").strip() or "0", "unit": _unit(question, losing)}


def _unit(question: Xml, losing: Losing) -> Words:
    units = child(question, "units")
    rows = [] if units is None else [*children(units, "unit")]
    names = [_text(one, "unit_name").strip() for one in rows if number(_text(one, "multiplier").strip() or "1") == 1]
    if len(names) < len(rows) or len(names) > 2:
        losing.lose("只带入了基本单位。", "Only the basic unit was taken over.")
    if _text(question, "unitgradingtype").strip() not in ("", "0"):
        losing.lose("单位不再计分。", "The unit no longer counts for the mark.")
    return by_letters([one for one in names[:2] if one] or [""])


def _matching(question: Xml, losing: Losing) -> Read:
    pairs, extra = list[dict[str, Any]](), list[dict[str, Any]]()
    for sub in children(question, "subquestion"):
        left, right = _html(sub, losing), _html(child(sub, "answer"), losing)
        at = LETTERS[min(len(pairs) + len(extra), 25)]
        same = next((one for one in pairs if one["right"] == right), None)
        if left["zh"] and same:
            losing.lose(f"“{left['zh']}”没有带入：它与另一项的答案相同。",
                        f"“{left['en']}” was not taken over: its answer is that of another one.")
        elif left["zh"]:
            pairs.append({"id": at, "left": left, "right": right})
        elif right["zh"]:
            extra.append({"id": at, "right": right})
    return "matching", {"stem": _stem(question, losing), "pairs": pairs, "extra": extra}


def _short_text(question: Xml, losing: Losing) -> Read:
    if _text(question, "usecase").strip() in ("1", "true"):
        losing.lose("不再区分大小写。", "Capital and small letters are no longer told apart.")
    answers = [(_text(one, "text"), _fraction(one)) for one in children(question, "answer")]
    texts = list(accepted(iter(answers), losing, markup=False))
    return "short_text", {"stem": _stem(question, losing), "accepted": texts}


def _ordering(question: Xml, losing: Losing) -> Read:
    if _text(question, "selecttype").strip() not in ("", "ALL"):
        losing.lose("不再随机抽取部分项目，全部项目都要排序。", "All items are ordered now, no longer some of them.")
    if len(list(children(question, "answer"))) > len(LETTERS):
        raise Untaken("项目超过 26 个。", "It has more than 26 items.")
    items = [{"id": LETTERS[at], "text": _html(one, losing)} for at, one in enumerate(children(question, "answer"))]
    return "ordering", {"stem": _stem(question, losing), "items": items}


def _cloze(question: Xml, losing: Losing) -> Read:
    return "case", read_cloze(_text(child(question, "questiontext"), "text"), losing)


_READERS: Final[Mapping[str, Callable[[Xml, Losing], Read]]] = {
    "multichoice": _choices, "truefalse": _true_false, "numerical": _numeric, "matching": _matching,
    "shortanswer": _short_text, "ordering": _ordering, "cloze": _cloze, "multianswer": _cloze}
