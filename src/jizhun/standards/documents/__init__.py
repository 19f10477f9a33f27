"""A standards system as the office hands it in: tables, papers, and everything in one package. No Django."""

from jizhun.standards.documents.archive import package
from jizhun.standards.documents.edition import Conclusion, Edition, Project, edition_of
from jizhun.standards.documents.paper import PARTS, tables_docx
from jizhun.standards.documents.pictures import as_png
from jizhun.standards.documents.tables import (
    StatisticsRow,
    Table,
    detail_rows,
    detail_table,
    plan_table,
    projects_table,
    review_table,
    statistics_rows,
    statistics_table,
    to_make_table,
)
from jizhun.standards.documents.workbook import tables_xlsx, workbook

__all__ = ["PARTS", "Conclusion", "Edition", "Project", "StatisticsRow", "Table", "as_png", "detail_rows",
           "detail_table", "edition_of", "package", "plan_table", "projects_table", "review_table", "statistics_rows",
           "statistics_table", "tables_docx", "tables_xlsx", "to_make_table", "workbook"]
