"""Comment tables read back: which template it is, where its columns are, what each row says."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from jizhun.drafting.interchange import cells as parts
from jizhun.drafting.interchange.grids import ERROR, Grid, grids
from jizhun.drafting.interchange.layout import REQUIRED, TEMPLATES, Column, known, plain_header
from jizhun.drafting.rules.merging import Reading, Row, clause_number
from jizhun.drafting.rules.remarks import DISPOSITIONS
from jizhun.kernel.archives import refused
from jizhun.kernel.bilingual import COMMA, Bilingual, Refused
from jizhun.kernel.spreadsheets import Merge, cell_text

DEEPEST_HEADER: Final = 40
"""Rows from the top within which the header is looked for."""
FURTHER: Final = re.compile(r"^(.*?)\s*[\[［]\s*(?:续|cont\.)\s*(\d{1,4})\s*[\]］]$", re.DOTALL)
CLOSING: Final = re.compile(r"(?:说明|注|填表说明|备注|explanation|note|notes)\s*(?:[:：]|$)", re.IGNORECASE)
REPEATED: Final = frozenset(("body", "number", "line", "paragraph", "type", "answer", "remark", "ordinal"))
"""Columns in which one cell may stand for several comments."""
NEEDS_REASON: Final = frozenset(("partly", "rejected"))
"""Dispositions that China's form does not take without a reason."""


@dataclass(slots=True)
class Table:
    """A grid whose header has been found. ``places``: the columns of each field, pieces of long texts in order."""

    file: str
    template: str
    grid: Grid
    first: int
    columns: Mapping[str, Column]
    places: Mapping[str, list[int]]
    notes: list[Bilingual] = field(default_factory=list)

    @property
    def ours(self) -> bool:
        """Whether our own columns are there."""
        return "system" in self.places or {"key", "clause"} <= set(self.places)

    @property
    def visible(self) -> set[int]:
        """The template's own columns."""
        return {places[0] for name, places in self.places.items() if not self.columns[name].own}

    def header(self, name: str) -> Bilingual:
        """A field's header for a sentence; in Word our own values share the last column."""
        otherwise = TEMPLATES[self.template][0] if name == "key" else self.columns.get("system", self.columns["number"])
        return self.columns.get(name, otherwise).header

    def refused(self, place: int, name: str, zh: str, en: str) -> Refused:
        """The refusal that names file, row and column."""
        row, column = where(place), self.header(name)
        return Refused(zh=f"“{self.file}”{row.zh}，“{column.zh}”栏：{zh}",
                       en=f"“{self.file}”, {row.en}, column “{column.en}”: {en}")


def where(place: int) -> Bilingual:
    """A row, counted from 1 as a person counts."""
    return Bilingual(f"第 {place + 1} 行", f"row {place + 1}")


def read_comments(content: bytes, name: str) -> Reading:
    """The comments in a file that follows one of the templates, with or without our own columns."""
    table = _only_table(grids(content, name), name)
    rows = list(_rows(table))
    if table.grid.hidden:
        table.notes.append(_listed("隐藏的行也已读入：", "hidden rows were read too: ", table.grid.hidden))
    if table.grid.tracked:
        table.notes.append(Bilingual("修订标记按“接受”读入。", "tracked changes were read as if accepted."))
    return Reading(table.template, rows, table.ours, _carried(table), table.notes)


def _carried(table: Table) -> frozenset[str]:
    """The fields that the file has a place for."""
    found = set(table.places) | ({"disposition"} if "answer" in table.places else set())
    if "system" in found:
        found |= {"key", "clause", "region", "made_on", "quote", "type", "proposed"}
    if table.template.startswith("cn"):
        found.add("proposed")
    return frozenset(found)


def _listed(zh: str, en: str, numbers: Sequence[int]) -> Bilingual:
    shown, more = [str(one) for one in numbers[:10]], len(numbers) > 10
    return Bilingual(zh + COMMA.zh.join(shown) + ("等" if more else "") + "。",
                     en + COMMA.en.join(shown) + (" and more" if more else "") + ".")


# -- which template, which columns -----------------------------------------------------------------


def _only_table(found: Sequence[Grid], name: str) -> Table:
    tables = [table for grid in found if (table := _recognised(grid, name))]
    if len(tables) > 1:
        kind = Bilingual("工作表", "sheets") if found[0].kind == "xlsx" else Bilingual("表格", "tables")
        names = [one.grid.name for one in tables]
        raise refused(name, f"有 {len(tables)} 个{kind.zh}都是意见表（{COMMA.zh.join(names)}）：请合并为一个。",
                      f"{len(tables)} {kind.en} are comment tables ({COMMA.en.join(names)}): make them one.")
    if not tables:
        raise refused(
            name, "没有找到意见表的表头：需要“章/条、意见类型、意见、修改建议”，"
            "或“标准章条编号、意见内容、提出单位、处理意见”各栏。",
            "no header of a comment table was found: the columns Clause, Type of comment, Comments, Proposed change "
            "are needed, or 标准章条编号, 意见内容, 提出单位, 处理意见.")
    return tables[0]


def _recognised(grid: Grid, name: str) -> Table | None:
    for place, row in enumerate(grid.rows[:DEEPEST_HEADER]):
        headers = [cell_text(one) for one in row]
        for kind, required in REQUIRED.items():
            template = f"{kind}_{grid.kind}"
            columns = known(template)
            if set(required) <= {columns[one].field for one in map(_bare_header, headers) if one in columns}:
                return _table(grid, name, template, place, headers)
    return None


def _bare_header(header: str) -> str:
    found = FURTHER.match(header)
    return plain_header(found[1] if found else header)


def _table(grid: Grid, name: str, template: str, place: int, headers: Sequence[str]) -> Table:
    columns = known(template)
    found: dict[str, dict[int, int]] = {}
    table = Table(name, template, grid, 0, {one.field: one for one in TEMPLATES[template]}, {})
    for column, header in enumerate(headers):
        meant, further = columns.get(_bare_header(header)), FURTHER.match(header)
        if meant is None:
            if header.strip():
                table.notes.append(Bilingual(f"“{header.strip()}”栏没有读入。",
                                             f"the column “{header.strip()}” was not read."))
            continue
        number = int(further[2]) if further else 1
        if number in found.setdefault(meant.field, {}):
            raise table.refused(place, meant.field, "这一栏出现了两次。", "this column is there twice.")
        found[meant.field][number] = column
    table.places = {one: [places[key] for key in sorted(places)] for one, places in found.items()}
    table.first = max([place, *(one.bottom for one in grid.merges if one.top <= place <= one.bottom)]) + 1
    return table


# -- rows ------------------------------------------------------------------------------------------


def _rows(table: Table) -> Iterator[Row]:
    """Every row that holds a comment. Nothing ends the table: what stands below it is looked at too."""
    wide, keys, closed = _spread(table), dict[str, Row](), False
    for place in range(table.first, len(table.grid.rows)):
        line = table.grid.rows[place]
        closed = closed or _closes(line)
        texts = {name: "".join(cell_text(line[one]) for one in places if one < len(line))
                 for name, places in table.places.items()}
        filled = any(text.strip() for name, text in texts.items() if name != "ordinal")
        row = _row(table, place, texts) if filled and place not in wide else None
        if row is None:
            _note_heading(table, place, "" if closed else " ".join(cell_text(one).strip() for one in line).strip())
            continue
        _check_key(table, place, row, keys)
        yield row


def _closes(line: Sequence[Any]) -> bool:
    """Whether the closing explanation begins here: in the first cell, and nothing beside it."""
    filled = [place for place, one in enumerate(line) if cell_text(one).strip()]
    return filled == [0] and CLOSING.match(cell_text(line[0]).strip()) is not None


def _check_key(table: Table, place: int, row: Row, keys: dict[str, Row]) -> None:
    if row.key and (other := keys.get(row.key)):
        raise table.refused(place, "key", f"编号 {row.key} 已在{other.where.zh}出现过。",
                            f"the number {row.key} stands in {other.where.en} already.")
    keys[row.key] = row


def _note_heading(table: Table, place: int, text: str) -> None:
    """Say what was passed over; a bare ordinal is an empty line of the form."""
    if text and not text.isdigit():
        table.notes.append(Bilingual(f"{where(place).zh}没有意见，没有读入：{text[:60]}",
                                     f"{where(place).en} holds no comment and was not read: {text[:60]}"))


def _spread(table: Table) -> set[int]:
    """Give each row what merged cells say of it; the rows that are one wide heading."""
    wide = set()
    for merge in table.grid.merges:
        if merge.bottom < table.first:
            continue
        covered = [name for name, places in table.places.items() if merge.left <= places[0] <= merge.right]
        if len(covered) > 1 and table.visible <= set(range(merge.left, merge.right + 1)):
            wide |= set(range(merge.top, min(merge.bottom + 1, len(table.grid.rows))))
        elif covered:
            _repeat(table, merge, covered)
    return wide


def _repeat(table: Table, merge: Merge, covered: Sequence[str]) -> None:
    if len(covered) > 1 or covered[0] not in REPEATED:
        raise table.refused(merge.top, covered[0], "合并的单元格无法读入：请取消合并，每条意见一行。",
                            "merged cells cannot be read here: unmerge them, one row for each comment.")
    rows = table.grid.rows
    for place in range(merge.top, min(merge.bottom + 1, len(rows))):
        rows[place] += [""] * (merge.left + 1 - len(rows[place]))
        rows[place][merge.left] = rows[merge.top][merge.left]


def _row(table: Table, place: int, texts: Mapping[str, str]) -> Row | None:
    """The row as a comment; None where nobody comments or answers in it."""
    system = parts.system_values(texts.get("system", ""))
    key, body = _key_and_body(table, texts)
    said = _said(table, texts, key, system)
    disposition, answer = _answer(table, place, texts)
    if not said.text and not said.proposed:
        if disposition or answer.strip():
            raise table.refused(place, "text", "有处理意见而没有意见。", "there is an answer, but no comment.")
        if not key:
            return None
    number = texts["number"] if key else _new_number(table, place, texts["number"])
    return Row(key=key, clause=system.get("clause", texts.get("clause", "")), number=number, quote=said.quote,
               type=_type(table, place, system.get("type", texts.get("type", "")), number), text=said.text,
               proposed=said.proposed, body=body, region=system.get("place", texts.get("region", "")),
               made_on=_day(table, place, system.get("day", texts.get("made_on", ""))), disposition=disposition,
               answer=answer, where=where(place), line=texts.get("line", "").strip(),
               paragraph=texts.get("paragraph", "").strip(), remark=texts.get("remark", "").strip())


def _key_and_body(table: Table, texts: Mapping[str, str]) -> tuple[str, str]:
    """Our number and who comments. In Word the number stands in the first column."""
    if table.grid.kind == "xlsx":
        key, body = texts.get("key", "").strip(), texts.get("body", "")
    elif table.template.startswith("iso"):
        body, key = parts.words_and_number(texts.get("body", ""), ours=table.ours)
    else:
        key, body = parts.words_and_number(texts.get("ordinal", ""), ours=table.ours)[1], texts["body"]
    return key, body if key else body.strip()


def _said(table: Table, texts: Mapping[str, str], key: str, system: Mapping[str, str]) -> parts.Said:
    """Quoted words, comment and proposed change, wherever the template has them."""
    text, quote, proposed = texts["text"], texts.get("quote", ""), texts.get("proposed", "")
    chinese = table.template.startswith("cn")
    if chinese:
        text = parts.without_proposed(text, proposed)
    if key and table.grid.kind == "xlsx":
        return parts.Said(quote, text, proposed)
    apart = chinese and not proposed
    if key and table.ours:
        said = parts.said_by_counts(text, *_counts(system), apart=apart)
    else:
        said = parts.said_by_signs(text, apart=apart)
    return _kept(parts.Said(said.quote or quote, said.text, said.proposed or proposed), key)


def _counts(system: Mapping[str, str]) -> tuple[int, int]:
    """How many lines of the comment's cell are quoted, and how many the proposed change."""
    found = re.fullmatch(r"(\d{1,6})\+(\d{1,6})", system.get("lines", "").strip())
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _kept(said: parts.Said, key: str) -> parts.Said:
    """What is on record comes back exactly; a new comment without the blanks around it."""
    return said if key else parts.Said(said.quote.strip(), said.text.strip(), said.proposed.strip())


def _answer(table: Table, place: int, texts: Mapping[str, str]) -> tuple[str, str]:
    """Disposition and reason; refused where code and words differ, or a reason is wanting."""
    disposition, answer = parts.disposition_and_answer(texts.get("answer", ""))
    code = texts.get("disposition", "").strip().lower()
    code = parts.OUTCOME_WORDS.get(code, code)
    if code and code not in DISPOSITIONS:
        raise table.refused(place, "disposition", f"没有“{code}”这一代码，有：{COMMA.zh.join(DISPOSITIONS)}。",
                            f"there is no “{code}”; there are {COMMA.en.join(DISPOSITIONS)}.")
    if code and disposition and code != disposition:
        zh, en = (DISPOSITIONS[one] for one in (code, disposition))
        raise table.refused(place, "answer", f"这里写“{en.zh}”，处理代码却是“{zh.zh}”（{code}）：请改成一致。",
                            f"this says “{en.en}”, but the code says “{zh.en}” ({code}): make them agree.")
    disposition = disposition or code
    if table.template.startswith("cn") and disposition in NEEDS_REASON and not answer.strip():
        said = DISPOSITIONS[disposition]
        raise table.refused(place, "answer", f"“{said.zh}”须写明理由。", f"“{said.en}” needs a reason.")
    return disposition, answer


def _type(table: Table, place: int, written: str, number: str) -> str:
    """ge, te or ed. China's form has no type: what is about a clause is technical, the rest general."""
    bare = written.strip().lower().rstrip(".")
    if not bare:
        if "type" in table.places and table.template.startswith("iso"):
            raise table.refused(place, "type", "没有意见类型：请写 ge、te 或 ed。",
                                "there is no type: write ge, te or ed.")
        return "te" if number.strip() else "ge"
    if bare not in parts.TYPE_WORDS:
        shown = written.strip()[:40]
        raise table.refused(place, "type", f"没有“{shown}”这一类型，有 ge（总体）、te（技术）、ed（编辑）。",
                            f"there is no type “{shown}”; there are ge (general), te (technical), ed (editorial).")
    return parts.TYPE_WORDS[bare]


def _new_number(table: Table, place: int, written: str) -> str:
    """The clause's number of a new comment; what a spreadsheet made of it by itself is refused or noted."""
    column = table.places["number"][0]
    value = table.grid.rows[place][column] if column < len(table.grid.rows[place]) else ""
    if isinstance(value, date) or ERROR.fullmatch(written):
        raise table.refused(place, "number", f"电子表格把章条编号变成了“{written}”：请把这一栏设为文本后重新填写。",
                            f"the spreadsheet has turned the clause number into “{written}”: make the column text and "
                            "write it again.")
    if isinstance(value, float) and not value.is_integer():
        table.notes.append(Bilingual(
            f"{where(place).zh}的章条编号是数字 {written}，{written}0 也会变成这样：请核对。",
            f"the clause number in {where(place).en} is the number {written}, which {written}0 would have become too: "
            "check it."))
    return clause_number(written)


def _day(table: Table, place: int, written: str) -> date | None:
    if not written.strip():
        return None
    try:
        return datetime.fromisoformat(written.strip()).date()
    except ValueError:
        raise table.refused(place, "made_on", f"“{written.strip()[:40]}”不是日期，应如 2025-03-01。",
                            f"“{written.strip()[:40]}” is no day; write it like 2025-03-01.") from None
