"""A score sheet in words: how an item is scored, what knocks out, what is typed in again. Pure."""

from decimal import Decimal

from jizhun.evaluation.rules.attainment import Standing
from jizhun.evaluation.rules.sheets import ANSWERS, YES, Item, Sheet, plain, value_in_words
from jizhun.kernel.bilingual import NO_WORDS, Bilingual


def typed_of(item: Item, value: str) -> str:
    """A kept value as a person types it: shares in per cent."""
    return plain(Decimal(value) * 100) if item.unit == "share" and value and value not in ANSWERS else value


def scoring(item: Item) -> Bilingual:
    """How a value earns points, in a sentence."""
    full = plain(item.points)
    if item.rule == "yes_no":
        return Bilingual(f"是：{full} 分", f"yes: {full} points")
    if item.rule == "linear":
        zero, all_ = value_in_words(item, plain(item.zero)), value_in_words(item, plain(item.full))
        return Bilingual(f"{zero.zh} 得 0 分，{all_.zh} 得 {full} 分，其间按比例",
                         f"0 points at {zero.en}, {full} at {all_.en}, in proportion between")
    parts = [(value_in_words(item, plain(one.value)), plain(one.points)) for one in item.steps]
    sign = Bilingual("不低于", "from") if item.higher else Bilingual("不高于", "up to")
    return Bilingual("；".join(f"{sign.zh} {value.zh}：{points} 分" for value, points in parts),
                     "; ".join(f"{sign.en} {value.en}: {points} points" for value, points in parts))


def knock_out(item: Item) -> Bilingual:
    """What means not attained whatever the points; nothing for most items."""
    if not item.knock_out:
        return NO_WORDS
    if item.knock_out == YES:
        return Bilingual("否决项：为“否”即不达标", "knock-out: “no” means not attained")
    bound = value_in_words(item, item.knock_out)
    zh, en = ("低于", "below") if item.higher else ("高于", "above")
    return Bilingual(f"否决项：{zh} {bound.zh} 即不达标", f"knock-out: {en} {bound.en} means not attained")


def verdict(sheet: Sheet, standing: Standing) -> Bilingual:
    """Attained or not, and why not."""
    if standing.attained:
        return Bilingual("达标", "attained")
    if standing.knocked:
        names = [sheet.item(code).name for code in standing.knocked]
        return Bilingual(f"不达标（否决项：{'、'.join(one.zh for one in names)}）",
                         f"not attained (knocked out by: {', '.join(one.en for one in names)})")
    need = plain(sheet.pass_share * standing.of)
    return Bilingual(f"不达标（达标线 {need} 分）", f"not attained (the pass mark is {need} points)")
