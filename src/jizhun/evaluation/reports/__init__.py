"""The report on what was promised and kept in a place and a period: as DOCX, PDF and XLSX, in Chinese or English.

``gathering`` asks for the figures, ``building`` makes sentences, charts and tables of them (pure), ``word``,
``typeset`` and ``workbook`` write them down, and ``keeping`` has the acts: ask for one, make it, stop it, remove it.
"""
