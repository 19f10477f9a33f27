"""What a Word file had that clauses cannot have: how many and where."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from jizhun.drafting.rules.text import Clause, numbered
from jizhun.kernel.bilingual import Bilingual

COVER: Final = Bilingual("封面", "cover")
KINDS: Final[Mapping[str, Bilingual]] = {
    "picture": Bilingual("图片 {n} 处未导入（{where}）。", "{n} picture(s) were not taken along ({where})."),
    "equation": Bilingual("公式 {n} 处未导入（{where}）。", "{n} equation(s) were not taken along ({where})."),
    "footnote": Bilingual("脚注、尾注 {n} 处未导入（{where}）：请改写为注。",
                          "{n} footnote(s) or endnote(s) were not taken along ({where}): make them notes."),
    "comment": Bilingual("批注 {n} 处未导入（{where}）。",
                         "{n} comment(s) in the margin were not taken along ({where})."),
    "symbol": Bilingual("特殊符号 {n} 处未导入（{where}）。", "{n} special sign(s) were not taken along ({where})."),
    "merged": Bilingual("表格中合并的单元格 {n} 处已拆开（{where}）。",
                        "{n} merged cell(s) of tables were taken apart ({where})."),
    "nested": Bilingual("表格中的表格 {n} 处已改为文字（{where}）。",
                        "{n} table(s) within a table became plain words ({where})."),
}
MOST_PLACES: Final = 12


def notices(clauses: Sequence[Clause], lost: Sequence[tuple[str, Counter[str]]], changes: Mapping[str, int],
            flattened: Sequence[str], before: int) -> list[Bilingual]:
    """A sentence for everything that is not in the clauses as it was in the file."""
    names = {one.clause.key: one.label if one.number else one.clause.title for one in numbered(clauses)} | {"": COVER}
    told = []
    for kind, words in KINDS.items():
        places = [(key, found[kind]) for key, found in lost if found[kind]]
        if places:
            told.append(_told(words, sum(count for _, count in places), [names[key] for key, _ in places]))
    if flattened:
        told.append(_told(Bilingual("{n} 条的层次过深，已改为第五层（{where}）。",
                                    "{n} clause(s) were too deep and became level five ({where})."),
                          len(flattened), [names[key] for key in flattened]))
    if before:
        told.append(Bilingual(f"第一个标题之前的文字 {before} 段未导入。",
                              f"{before} paragraph(s) of text before the first heading were not taken along."))
    if changes["ins"] or changes["del"]:
        told.append(Bilingual(f"修订按全部接受处理：插入 {changes['ins']} 处，删除 {changes['del']} 处。",
                              f"Tracked changes were taken as accepted: {changes['ins']} insertion(s), "
                              f"{changes['del']} deletion(s)."))
    return told


def _told(words: Bilingual, count: int, places: Sequence[Bilingual]) -> Bilingual:
    zh, en = (list(dict.fromkeys(getattr(one, language) or one.zh or one.en for one in places))
              for language in ("zh", "en"))
    more = Bilingual(" 等", ", ...") if len(zh) > MOST_PLACES else Bilingual("", "")
    return Bilingual(words.zh.format(n=count, where="、".join(zh[:MOST_PLACES]) + more.zh),
                     words.en.format(n=count, where=", ".join(en[:MOST_PLACES]) + more.en))
