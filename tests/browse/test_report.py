"""The report: one file that needs nothing else, and the same for the same archive."""

from __future__ import annotations

import json
import re
from pathlib import Path

import lxml.html
import pytest
from shown_archive import HIDDEN_WORDS, Story, commit
from typer.testing import CliRunner

from zancrawler.archive import Archive, ArchiveError
from zancrawler.browse.report import write_report
from zancrawler.cli import app
from zancrawler.outlets import Catalogue


def written(archive: Archive, path: Path) -> str:
    told = ["report", "--archive", str(archive.root), "--out", str(path), "--json"]
    done = CliRunner().invoke(app, told)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"path": str(path)}
    return path.read_text(encoding="utf-8")


def test_it_stands_alone(archive: Archive, tmp_path: Path) -> None:
    html = written(archive, tmp_path / "report.html")
    found = lxml.html.fromstring(html)
    assert not found.cssselect("script, link, img, iframe, a, form")
    assert not re.search(r"url\(|@import|https?:", html)
    assert len(found.cssselect(".chart svg rect")) == 3
    assert not any(word in html for word in HIDDEN_WORDS)
    assert found.cssselect("h1")[0].text_content() == "The archive at a glance"


def test_the_same_archive_gives_the_same_bytes(archive: Archive, tmp_path: Path) -> None:
    first = written(archive, tmp_path / "one.html")
    archive.browse_export.unlink()
    assert written(archive, tmp_path / "two.html") == first
    commit(archive, [Story("more", "More", "More of it.", day=5)])
    assert written(archive, tmp_path / "three.html") != first


def test_an_archive_without_articles_has_none(tmp_path: Path) -> None:
    Archive.open(tmp_path / "empty").tables.mkdir()
    done = CliRunner().invoke(app, ["report", "--archive", str(tmp_path / "empty")])
    assert done.exit_code and "no article yet" in str(done.exception)


def test_it_takes_no_file_that_cannot_be_written(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ArchiveError, match="--out"):
        write_report(archive, Catalogue.open(None), tmp_path / "file" / "report.html")
