"""Places side by side as files: a workbook with every line, a Word file with what differs."""
