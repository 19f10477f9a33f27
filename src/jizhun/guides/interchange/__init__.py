"""Guides as a workbook, out and in: a row a matter and place for texts and choices, a row an item for every list."""
