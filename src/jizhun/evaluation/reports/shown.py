"""How values of a report's tables are written, the same in every form. Pure."""

from jizhun.evaluation.reports.outline import Column, Table, Value
from jizhun.kernel.bilingual import Bilingual


def written(value: Value, column: Column, language: str) -> str:
    """A count with thousands set apart, a share in per cent, another number with four digits behind the point."""
    if isinstance(value, Bilingual):
        return value.in_language(language)
    if column.kind == "share":
        return _percent(float(value))
    if column.kind == "number":
        return f"{value:.6f}" if 0 < abs(value) < 0.001 else f"{value:.4f}"
    return f"{value:,}"


def _percent(value: float) -> str:
    """What is not all is not written as 100 %, nor what is something as 0 %."""
    for digits in (1, 2, 4):
        text = f"{value:.{digits}%}"
        if value in (0, 1) or float(text[:-1]) not in (0, 100):
            return text
    return text


def captions(table: Table, number: int, language: str) -> str:
    """附表1 … or Table 1: …"""
    title = table.title.in_language(language)
    return f"附表{number}　{title}" if language == "zh" else f"Table {number}: {title}"
