"""The recipes for researchers give the same wherever they are run: a month begins in Kabul."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zancrawler.tables.articles import ARTICLES, VERSIONS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "researchers.md").read_text(encoding="utf-8")
RECIPES = re.findall(r"^### (\d+)\. [^\n]*\n+```(python|sql)\n(.*?)^```", PAGE, re.M | re.S)
DATED = [
    pytest.param(language, text, id=f"recipe-{number}")
    for number, language, text in RECIPES
    if "date_published" in text or "fetch_time" in text or "seen" in text
]
AUGUST_IN_KABUL = datetime(2025, 7, 31, 21, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    row = {
        **dict.fromkeys(("article_id", "url", "canonical_url", "outlet", "title"), "x"),
        **dict.fromkeys(("first_seen", "last_seen", "fetch_time"), AUGUST_IN_KABUL),
        "date_published": AUGUST_IN_KABUL,
        "text_normalized": "مکتب",
        "language": "fa-AF",
        "status": "gone",
        "n_versions": 2,
        "story_id": "x",
    }
    for table, versions in ((ARTICLES, [2]), (VERSIONS, [1, 2])):
        folder = tmp_path / "archive" / "tables" / table.name / "site=x" / "year=2025"
        folder.mkdir(parents=True)
        plain = pa.schema([(column.name, column.type) for column in table.columns])
        rows = pa.Table.from_pylist([row | {"version": n} for n in versions], schema=plain)
        pq.write_table(rows, folder / "x.parquet")
    return tmp_path


@pytest.mark.parametrize(("language", "text"), DATED)
def test_a_recipe_gives_the_same_in_every_time_zone(language: str, text: str, place: Path) -> None:
    if language == "sql":
        text = f"import duckdb\nfor s in duckdb.extract_statements('''{text}'''):\n    r = "
        text += "duckdb.execute(s).fetchall()\nprint([[str(v) for v in row] for row in r])"
    said = []
    for zone in ("America/Toronto", "Asia/Kabul"):
        done = subprocess.run(
            [sys.executable, "-c", text],
            cwd=place,
            env=os.environ | {"TZ": zone, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        said.append(done.stdout)
    assert said[0] == said[1]
    assert said[0].strip() and "2025-07" not in said[0]


def test_the_recipes_with_dates_are_all_there() -> None:
    assert len(DATED) >= 6
