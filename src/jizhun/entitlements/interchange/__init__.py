"""A rule as a spreadsheet, out and in: what went out comes back the same, and what is wrong is told by its cell."""

from jizhun.entitlements.interchange.reading import Brought, Wrong, from_xlsx
from jizhun.entitlements.interchange.writing import Offered, to_xlsx

__all__ = ["Brought", "Offered", "Wrong", "from_xlsx", "to_xlsx"]
