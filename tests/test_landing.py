"""Each outside program that the product works with does one small real thing here."""

import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SENTENCE = "基准：每一项服务都有标准"


@pytest.mark.browser
def test_chromium_draws_chinese_text(chromium, tmp_path):
    page = chromium.new_page(viewport={"width": 390, "height": 300})
    page.set_content("<meta charset=utf-8><p style='font-size:40px'>&nbsp;</p>")
    empty = page.screenshot()
    page.set_content(f"<meta charset=utf-8><p style='font-size:40px'>{SENTENCE}</p>")
    assert page.inner_text("p") == SENTENCE
    assert len(page.screenshot()) > len(empty) + 2000
    # Without a font every character is the same hollow box, as wide and as dark as the next.
    drawn = page.evaluate(
        """() => { const draw = text => { const c = document.createElement('canvas'); const g = c.getContext('2d');
             g.font = '40px sans-serif'; g.fillText(text, 0, 40); return c.toDataURL() };
             return ['基', '准', '服'].map(draw) }"""
    )
    page.close()
    assert len(set(drawn)) == 3


@pytest.mark.postgres
def test_postgresql_keeps_what_it_is_told(postgres_url):
    import psycopg

    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE landing (day date, word text)")
        connection.execute("INSERT INTO landing VALUES ('9999-12-31', %s)", (SENTENCE,))
        found = connection.execute("SELECT to_char(day, 'YYYY-MM-DD'), word FROM landing").fetchall()
    assert found == [("9999-12-31", SENTENCE)]


WITHOUT_THE_DATABASE = (
    "drafting_rights", "another_engine", "another_process", "guides_at_once", "killed", "bucket", "ingest",
    "ingest_bad_rows", "ingest_formats", "ingest_personal", "ingest_times", "left_out", "qti_played", "review_ingest",
    "step_ingest")
"""Acts that ask no database (who may act is decided before), or that of a home of their own."""


@pytest.mark.long
@pytest.mark.postgres
@pytest.mark.timeout(2400)
def test_the_acts_of_every_room_pass_on_postgresql(postgres_url):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-x", "tests/actions",
         *(f"--ignore=tests/actions/test_{name}.py" for name in WITHOUT_THE_DATABASE)],
        cwd=ROOT, env={**os.environ, "JIZHUN_TEST_DATABASE_URL": postgres_url}, capture_output=True, text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.spark
def test_spark_counts_what_duckdb_counts(spark, tmp_path):
    import duckdb

    path = tmp_path / "cases.parquet"
    duckdb.sql(f"COPY (SELECT i % 7 AS matter, i AS day FROM range(1000) t(i)) TO '{path}' (FORMAT parquet)")
    question = "SELECT matter, count(*) AS n, sum(day) AS days FROM cases GROUP BY matter ORDER BY matter"
    spark.read.parquet(str(path)).createOrReplaceTempView("cases")
    by_spark = [tuple(row) for row in spark.sql(question).collect()]
    cases = duckdb.read_parquet(str(path))
    assert by_spark == cases.query("cases", question).fetchall()


@pytest.mark.libreoffice
def test_libreoffice_turns_a_document_into_a_pdf(to_pdf, tmp_path):
    from docx import Document
    from pypdf import PdfReader

    document = Document()
    document.add_heading("Jizhun", 0)
    document.add_paragraph("Twelve working days")
    document.save(str(tmp_path / "guide.docx"))
    assert "Twelve working days" in PdfReader(to_pdf(tmp_path / "guide.docx")).pages[0].extract_text()


@pytest.mark.browser
def test_a_printed_page_gives_its_chinese_text_back(chromium, tmp_path):
    from pypdf import PdfReader

    page = chromium.new_page()
    page.set_content(f"<meta charset=utf-8><h1>{SENTENCE}</h1>")
    page.pdf(path=tmp_path / "page.pdf")
    page.close()
    text = PdfReader(tmp_path / "page.pdf").pages[0].extract_text()
    assert SENTENCE in unicodedata.normalize("NFKC", text).replace(":", "：")  # fonts share a glyph with radicals
