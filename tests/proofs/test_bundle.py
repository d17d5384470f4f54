"""A bundle holds for whoever has nothing but Python, and nothing in it can be changed."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
import small_archive
from fastwarc.warc import ArchiveIterator

import zancrawler.proofs.check as checker
from zancrawler.archive import Archive, ArchiveError
from zancrawler.outlets import Catalogue
from zancrawler.proofs.audit import audit
from zancrawler.proofs.bundle import NotProvableError
from zancrawler.proofs.checkpoint import Checkpoint, read_checkpoint
from zancrawler.proofs.entry import Cause
from zancrawler.proofs.log import NoLogError, checkpoint_of
from zancrawler.runs import withdrawing
from zancrawler.runs.entering import enter
from zancrawler.runs.proving import NotShownError, current_checkpoint, prove, publish
from zancrawler.runs.purging import purge
from zancrawler.tables import Access, Tables
from zancrawler.tables.read import open as read_tables

LIBRARY, WELL = (f"http://news.example/story/{name}" for name in ("library", "well"))


MILL = "The mill by the river has ground flour for nine villages since before the road was built."
ROOF = "Snow on the roof of the school is cleared by the pupils themselves before the first lesson."


def told(name: str, words: str) -> small_archive.Page:
    html = f"<title>{name}</title><h1>The {name} story</h1><article><p>{words}</p></article>"
    return small_archive.Page(f"/story/{name}", f"<!doctype html>{html}")


def add(archive: Archive, *pages: small_archive.Page) -> None:
    """One more run, two days later."""
    small_archive.crawl(archive, small_archive.SECOND.replace(day=5), pages)
    enter(archive, "tester", Cause.CRAWL)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = Archive.open(tmp_path_factory.mktemp("made"))
    small_archive.make(archive)
    enter(archive, "tester", Cause.CRAWL)
    return archive


@pytest.fixture
def archive(made: Archive, tmp_path: Path) -> Archive:
    return Archive(Path(shutil.copytree(made.root, tmp_path / "archive")))


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("outlets")
    (folder / "tester.toml").write_text(small_archive.TOML)
    return Catalogue.open(folder)


@dataclass(frozen=True)
class Said:
    code: int
    words: str


def check(folder: Path) -> Said:
    """Python alone: no environment, no installed packages, another working directory."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "check.py")],
        capture_output=True,
        text=True,
        cwd="/",
        env={},
        check=False,
    )
    return Said(done.returncode, done.stdout + done.stderr)


def unpacked(bundle: Path, folder: Path) -> Path:
    with zipfile.ZipFile(bundle) as content:
        content.extractall(folder)
    return folder


def test_it_holds(archive: Archive, catalogue: Catalogue, tmp_path: Path) -> None:
    proved = prove(archive, catalogue, LIBRARY, tmp_path / "proof.zip")
    folder = unpacked(proved.path, tmp_path / "proof")
    said = check(folder)
    assert said.code == 0, said.words
    assert said.words.endswith(f"published or time-stamped.\n{checkpoint_of(archive).text}")
    assert LIBRARY in said.words
    assert {path.name for path in (folder / "records").iterdir()} == {
        "1-request.warc.gz",
        "2-response.warc.gz",
        "3-metadata.warc.gz",
    }
    article = json.loads((folder / "article.json").read_text("utf-8"))
    assert article["n_versions"] == 2
    assert "saddle" in article["text"]
    response = io.BytesIO((folder / "records/2-response.warc.gz").read_bytes())
    (page,) = (record.reader.read() for record in ArchiveIterator(response))
    assert b"saddle" in page
    warc = (archive.root / article["warc_filename"]).read_bytes()
    start, length = article["warc_record_offset"], article["warc_record_length"]
    assert (folder / "records/2-response.warc.gz").read_bytes() == warc[start : start + length]


@pytest.mark.parametrize("place", ["origin", "root", "at", "file"])
def test_what_is_printed_of_a_bundle_moves_no_cursor(
    archive: Archive, catalogue: Catalogue, tmp_path: Path, place: str
) -> None:
    """A stranger's bundle may be written to look otherwise on a terminal than it is."""
    proved = prove(archive, catalogue, LIBRARY, tmp_path / "proof.zip")
    folder = unpacked(proved.path, tmp_path / "proof")
    lines = (folder / "checkpoint").read_text().split("\n")
    told = json.loads((folder / "proof.json").read_text())
    if place == "origin":
        lines[0] += "\x1b[2J"
    elif place == "root":
        # Whoever decodes base64 passes over it.
        lines[2] = "\x1b[" + lines[2]
    elif place == "at":
        entry = json.loads(told["entries"][0]["line"])
        line = json.dumps(entry | {"at": "\x1b[2J"})
        told["entries"][0] |= {"line": line, "proof": [], "index": 0}
        leaf = hashlib.sha256(b"\x00" + line.encode()).digest()
        lines[1:3] = ["1", base64.b64encode(leaf).decode()]
    else:
        record = told["entries"][0]["records"][0]
        strange = folder / "records/\x1b[2J"
        strange.write_bytes((folder / record["file"]).read_bytes() + b"more")
        record["file"] = "records/\x1b[2J"
    (folder / "checkpoint").write_text("\n".join(lines))
    (folder / "proof.json").write_text(json.dumps(told))
    said = check(folder)
    assert "\x1b" not in said.words and "\\x1b" in said.words


def test_the_checker_is_short_and_explained() -> None:
    """At most a hundred lines, each of them in a row of the table in the docs."""
    lines = Path(checker.__file__).read_text().splitlines()
    assert len(lines) <= 100
    docs = (Path(__file__).parents[2] / "docs" / "archivists.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d+)–(\d+) \|", docs, re.MULTILINE)
    explained = {number for start, end in rows for number in range(int(start), int(end) + 1)}
    assert {n for n, line in enumerate(lines, 1) if line} <= explained
    assert f"is {len(lines)} lines" in docs


def test_the_same_bytes_again(archive: Archive, catalogue: Catalogue, tmp_path: Path) -> None:
    for name in ("one.zip", "other.zip"):
        prove(archive, catalogue, WELL, tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()


def test_nothing_in_it_can_be_changed(
    archive: Archive, catalogue: Catalogue, tmp_path: Path
) -> None:
    folder = unpacked(prove(archive, catalogue, WELL, tmp_path / "p.zip").path, tmp_path / "proof")
    proof = json.loads((folder / "proof.json").read_text())
    entry = proof["entries"][0]
    harms: dict[str, list[tuple[str, str]]] = {
        "checkpoint": [(checkpoint_of(archive).text.split("\n")[2], "A" * 43 + "=")],
        "proof.json": [
            (entry["proof"][0], "0" * 64),
            (entry["records"][1]["proof"][0], "0" * 64),
            ("2-response.warc.gz", "1-request.warc.gz"),
            (json.loads(entry["line"])["root"], "0" * 64),
            (json.loads(entry["line"])["at"], "2020-01-01T00:00:00Z"),
            ('"index": 1,', '"index": 0,'),
            (f'"index": {entry["records"][1]["index"]},', '"index": 0,'),
            ('"kind\\":\\"warc', '"kind\\":\\"files'),
        ],
        "article.json": [("urn:uuid", "urn:uuie"), ("sha256:", "sha256:A")],
    }
    for name, changes in harms.items():
        content = (folder / name).read_text("utf-8")
        for old, new in changes:
            assert old in content, (name, old)
            (folder / name).write_text(content.replace(old, new), "utf-8")
            assert check(folder).code == 1, (name, old)
        (folder / name).write_text(content, "utf-8")
    for path in sorted((folder / "records").iterdir()):
        data = path.read_bytes()
        for at in (4, len(data) // 2, len(data) - 1):
            path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            assert check(folder).code == 1, (path.name, at)
        path.write_bytes(data)
    assert check(folder).code == 0
    (folder / "records" / "4-response.warc.gz").write_bytes(b"slipped in")
    assert "nothing is proved of" in check(folder).words


def test_an_older_checkpoint(archive: Archive, catalogue: Catalogue, tmp_path: Path) -> None:
    """What was published then, proves the record now; and not what came after."""
    (published,) = publish(current_checkpoint(archive), tmp_path / "checkpoint", None)
    mill = told("mill", MILL)
    add(archive, mill)
    older = read_checkpoint(published)
    assert older.size < checkpoint_of(archive).size
    bundle = prove(archive, catalogue, WELL, tmp_path / "p.zip", older).path
    said = check(unpacked(bundle, tmp_path / "proof"))
    assert said.code == 0
    assert said.words.endswith(published.read_text())
    with pytest.raises(NotProvableError, match="later checkpoint"):
        prove(archive, catalogue, mill.url, tmp_path / "n.zip", older)
    prove(archive, catalogue, mill.url, tmp_path / "n.zip")
    strange = Checkpoint(older.origin, older.size, bytes(32))
    with pytest.raises(ArchiveError, match="are not those of the checkpoint"):
        prove(archive, catalogue, WELL, tmp_path / "x.zip", strange)
    assert not (tmp_path / "x.zip").exists()


def withdraw(archive: Archive, catalogue: Catalogue, url: str) -> None:
    articles = withdrawing.find(archive, catalogue, url)
    withdrawing.withdraw(archive, articles, reason="safety", by="a test")


def test_what_is_withdrawn_or_held_is_in_no_bundle(
    archive: Archive, catalogue: Catalogue, tmp_path: Path
) -> None:
    withdraw(archive, catalogue, WELL)
    held = read_tables(archive).article(LIBRARY)
    assert held is not None
    Tables(archive, "tester").mark([held["article_id"]], access=Access.HELD)
    for url, state in ((WELL, "is withdrawn"), (LIBRARY, "is held")):
        with pytest.raises(NotShownError, match=state):
            prove(archive, catalogue, url, tmp_path / "p.zip")
    assert not (tmp_path / "p.zip").exists()


def test_nor_is_a_page_that_repeats_it(
    archive: Archive, catalogue: Catalogue, tmp_path: Path
) -> None:
    quoting = told("quote", f"She was quoted as follows: {small_archive.WORDS['well']}")
    add(archive, quoting)
    prove(archive, catalogue, quoting.url, tmp_path / "before.zip")
    withdraw(archive, catalogue, WELL)
    with pytest.raises(NotShownError, match="repeats words"):
        prove(archive, catalogue, quoting.url, tmp_path / "after.zip")
    assert not (tmp_path / "after.zip").exists()


def test_before_and_after_a_purge(archive: Archive, catalogue: Catalogue, tmp_path: Path) -> None:
    """A bundle that somebody was given still holds; what is left is proved from the old entry."""
    mill, roof = told("mill", MILL), told("roof", ROOF)
    add(archive, mill, roof)
    before = {
        url: unpacked(prove(archive, catalogue, url, tmp_path / "p.zip").path, tmp_path / url[-4:])
        for url in (mill.url, roof.url)
    }
    withdraw(archive, catalogue, roof.url)
    articles = withdrawing.find(archive, catalogue, roof.url)
    purge(archive, articles, catalogue, reason="safety", by="a test")
    assert [fault.message for fault in audit(archive)] == []
    for folder in before.values():
        assert check(folder).code == 0
    with pytest.raises(NotShownError):
        prove(archive, catalogue, roof.url, tmp_path / "w.zip")
    older = read_checkpoint(before[mill.url] / "checkpoint")
    for checkpoint in (older, None):
        bundle = prove(archive, catalogue, mill.url, tmp_path / "s.zip", checkpoint).path
        folder = unpacked(bundle, tmp_path / f"s{checkpoint is None}")
        assert check(folder).code == 0
        assert json.loads((folder / "proof.json").read_text())["entries"][0]["index"] < older.size
    for path in archive.proof_log.parent.iterdir():
        assert ROOF[:30].encode() not in path.read_bytes()


def test_a_record_that_was_changed_is_not_proved(
    archive: Archive, catalogue: Catalogue, tmp_path: Path
) -> None:
    row = read_tables(archive).article(WELL)
    assert row is not None
    warc = archive.root / row["warc_filename"]
    warc.write_bytes(warc.read_bytes() + b"more")
    with pytest.raises(NotProvableError, match="zancrawler verify"):
        prove(archive, catalogue, WELL, tmp_path / "p.zip")


def test_an_archive_from_before_there_was_a_log(
    archive: Archive, catalogue: Catalogue, tmp_path: Path
) -> None:
    shutil.rmtree(archive.root / "proofs")
    with pytest.raises(NoLogError, match="`zancrawler checkpoint` does so now"):
        prove(archive, catalogue, WELL, tmp_path / "p.zip")
    assert current_checkpoint(archive).size > 3
    assert list(audit(archive)) == []
    prove(archive, catalogue, WELL, tmp_path / "p.zip")


def test_a_bundle_in_the_archive_would_outlive_a_withdrawal(
    archive: Archive, catalogue: Catalogue
) -> None:
    with pytest.raises(ArchiveError, match="--output"):
        prove(archive, catalogue, WELL, archive.root / "wacz" / "p.zip")
