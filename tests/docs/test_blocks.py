"""Every code block of the README and the documentation runs, on an archive of the newsroom.

Commands that serve, wait or go out are run with `--help` behind them: their options must exist.
Lines for other programs (make, pip, cp) are not run.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from crawled_newsroom import Crawled

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "zancrawler" / "archive_readme.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_OUTSIDE = (
    *("crawl", "schedule", "newsroom", "replay", "browse", "demo", "extract"),
    *("outlets add", "outlets check", "cluster"),
)
_RUNNABLE = {"sh", "python", "sql"}
_OTHERS = {"r", "toml", "text", "json", "yaml", "ini", "html"}


def blocks(page: Path) -> Iterator[tuple[str, str]]:
    return ((found[1], found[2]) for found in _BLOCK.finditer(page.read_text(encoding="utf-8")))


@pytest.fixture
def place(crawled: Crawled, tmp_path: Path) -> Path:
    """A folder as a reader would have it: `archive`, and the demo's."""
    folder = tmp_path
    shutil.copytree(crawled.archive.root, folder / "archive")
    (folder / "demo-archive").symlink_to("archive")
    (folder / "own").mkdir()
    theirs = next((folder / "archive" / "warc").rglob("newsroom-wp-2*.warc.gz"))
    shutil.copyfile(theirs, folder / "theirs.warc.gz")
    return folder


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_is_of_a_known_language(page: Path) -> None:
    assert {language for language, _ in blocks(page)} <= _RUNNABLE | _OTHERS


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_runs(page: Path, place: Path, crawled: Crawled) -> None:
    here = place / "archive" if page.name == "archive_readme.md" else place
    rows = pd.read_parquet(place / "archive" / "tables" / "articles")
    url = rows["url"].iloc[0]
    for language, text in blocks(page):
        if language == "python":
            run_python(text, here)
        elif language == "sql":
            run_sql(text, here)
        elif language == "sh":
            for line in text.replace("\\\n", " ").splitlines():
                run_line(line, here, url, crawled)


def run_python(text: str, here: Path) -> None:
    before = "import pandas as pd\n"
    if "row." in text and "row =" not in text:
        before += "row = pd.read_parquet('tables/articles').iloc[0]\n"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg"}
    done = subprocess.run(
        [sys.executable, "-c", before + text],
        cwd=here,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, text + done.stderr


def run_sql(text: str, here: Path) -> None:
    with duckdb.connect(config={"file_search_path": str(here)}) as database:
        for statement in database.extract_statements(text):
            database.execute(statement).fetchall()


def run_line(line: str, here: Path, url: str, crawled: Crawled) -> None:
    words = shlex.split(line, comments=True)
    if not words or words[0] != "zancrawler":
        return
    arguments = [url if word == "URL" else word for word in words[1:]]
    arguments = [name for word in arguments for name in expanded(word, here)]
    command = " ".join(arguments[:2])
    if command.startswith(_OUTSIDE) and "--print" not in line:
        arguments.append("--help")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([os.environ["PYTHONPATH"], str(ROOT)]),
        "ZANCRAWLER_OUTLETS": str(crawled.newsroom.catalogue),
    }
    done = subprocess.run(
        [sys.executable, "-m", "zancrawler", *arguments],
        cwd=here,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    # `status` says with 1 that there is an alarm.
    allowed = (0, 1) if arguments[0] == "status" else (0,)
    assert done.returncode in allowed, f"{line}\n{done.stdout}\n{done.stderr}"


def expanded(word: str, here: Path) -> list[str]:
    return [str(p.relative_to(here)) for p in here.glob(word)] if "*" in word else [word]


def test_the_page_of_columns_is_that_of_the_schemas() -> None:
    made = subprocess.run(
        [sys.executable, ROOT / "docs" / "columns.py"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (ROOT / "docs" / "columns.md").read_text(encoding="utf-8") == made.stdout, (
        "run: python docs/columns.py > docs/columns.md"
    )


@pytest.mark.slow
def test_the_site_builds(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", tmp_path],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    # No font and no script of any other host.
    for path in tmp_path.rglob("*.html"):
        assert not re.findall(r'(?:src|href)="https?://[^"]*\.(?:js|css|woff2?)"', path.read_text())
