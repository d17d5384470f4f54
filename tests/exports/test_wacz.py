"""A WACZ holds what was asked for, replays alone, and proves itself to tools that are not ours."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
import small_archive as small
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from fastwarc.warc import ArchiveIterator

from zancrawler.archive import Archive, ArchiveError
from zancrawler.capture.cdxj import Capture
from zancrawler.capture.wacz import check_wacz
from zancrawler.capture.warcfile import page_warcs
from zancrawler.cli import app
from zancrawler.decisions import Action, Decision, record
from zancrawler.exports import index
from zancrawler.exports.selection import Asked
from zancrawler.exports.signing import signing_key
from zancrawler.exports.wacz import export_wacz
from zancrawler.fingerprints import Fingerprints
from zancrawler.tables import Access, Tables
from zancrawler.tables.read import open as read_tables

WELL = " ".join(small.WORDS["well"].split()[:12])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = Archive.open(tmp_path_factory.mktemp("made") / "archive")
    small.make(archive)
    return archive


@pytest.fixture
def archive(made: Archive, tmp_path: Path) -> Archive:
    """A copy, to be changed."""
    shutil.copytree(made.root, tmp_path / "archive")
    return Archive(tmp_path / "archive")


def files(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def records(path: Path) -> list[tuple[str, str, str]]:
    """Type, target and date of each record in the package."""
    found = []
    for name, data in files(path).items():
        if name.startswith("archive/"):
            for one in ArchiveIterator(BytesIO(data), parse_http=False):
                fields = dict(one.headers.items())
                found.append(
                    (
                        fields["WARC-Type"],
                        fields.get("WARC-Target-URI", ""),
                        fields["WARC-Date"][:10],
                    )
                )
    return found


def answers(path: Path) -> set[tuple[str, str]]:
    """What was captured: the path of each URL, and the day."""
    return {
        (uri.removeprefix("http://news.example"), day)
        for kind, uri, day in records(path)
        if kind in ("response", "revisit")
    }


def index_lines(path: Path) -> list[bytes]:
    return gzip.decompress(files(path)["indexes/index.cdx.gz"]).splitlines(keepends=True)


def pages(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in files(path)["pages/pages.jsonl"].splitlines()][1:]


def everything(path: Path) -> bytes:
    """All that can be read in a package, WARC records decompressed."""
    found = []
    for name, data in files(path).items():
        found.append(data)
        if name.startswith("archive/"):
            found += [one.reader.read() for one in ArchiveIterator(BytesIO(data), parse_http=False)]
    return b"\n".join(found)


def wacz_tool(*arguments: object) -> str:
    command = [str(Path(sys.executable).with_name("wacz")), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_all_of_it(archive: Archive, tmp_path: Path) -> None:
    packed = export_wacz(archive, Asked())
    assert packed.path == archive.root / "wacz" / "archive.wacz"
    assert list(check_wacz(packed.path)) == []
    whole = {f"archive/{path.name}": path.read_bytes() for path in page_warcs(archive, "tester")}
    assert {n: d for n, d in files(packed.path).items() if n.startswith("archive/")} == whole
    assert (packed.captures, packed.warcs, packed.pages) == (10, 2, 4)
    versions = read_tables(archive).versions().to_pylist()
    assert {
        (page["article_id"], page["url"], page["title"], page["text"])
        for page in pages(packed.path)
    } == {(row["article_id"], row["url"], row["title"], row["text"]) for row in versions}
    captured = [Capture.parse(line) for line in index_lines(packed.path)]
    moments = {(one.url, one.timestamp) for one in captured}
    for page in pages(packed.path):
        moment = datetime.fromisoformat(page["ts"])
        assert (page["url"], f"{moment:%Y%m%d%H%M%S}") in moments


def test_the_same_captures_give_the_same_bytes(archive: Archive, tmp_path: Path) -> None:
    for asked in (Asked(), Asked(since=small.SECOND)):
        paths = [tmp_path / "a.wacz", tmp_path / "b.wacz"]
        first, second = (export_wacz(archive, asked, path).path.read_bytes() for path in paths)
        assert first == second


def test_a_day_has_its_captures_and_the_originals_of_its_revisits(
    archive: Archive, tmp_path: Path
) -> None:
    packed = export_wacz(archive, Asked(since=small.SECOND - timedelta(days=1)))
    assert packed.path.name == "archive-20260302.wacz"
    assert list(check_wacz(packed.path)) == []
    # The library story was edited, so its first capture is no original of anything on the day.
    day = {("/", "2026-03-03"), ("/about", "2026-03-03")}
    day |= {(f"/story/{name}", "2026-03-03") for name in small.WORDS}
    originals = {("/", "2026-03-01"), ("/about", "2026-03-01")}
    originals |= {(f"/story/{name}", "2026-03-01") for name in ("saffron", "well")}
    assert answers(packed.path) == day | originals
    assert {page["version"] for page in pages(packed.path) if "library" in page["url"]} == {2}


def test_until_leaves_out_what_came_later(archive: Archive) -> None:
    packed = export_wacz(archive, Asked(until=small.SECOND))
    assert list(check_wacz(packed.path)) == []
    assert {day for _, day in answers(packed.path)} == {"2026-03-01"}
    # One whole WARC is in it, byte for byte and under its name; the other has nothing to give.
    names = [name for name in files(packed.path) if name.startswith("archive/")]
    assert names == [f"archive/{page_warcs(archive, 'tester')[0].name}"]


def test_a_moment_within_a_run(archive: Archive) -> None:
    """A WARC that is cut keeps its warcinfo, and the index knows where its records went."""
    asked = Asked(
        since=small.FIRST + timedelta(seconds=2), until=small.FIRST + timedelta(seconds=4)
    )
    packed = export_wacz(archive, asked)
    assert list(check_wacz(packed.path)) == []
    assert answers(packed.path) == {
        ("/story/saffron", "2026-03-01"),
        ("/story/library", "2026-03-01"),
    }
    assert [kind for kind, _, _ in records(packed.path)] == [
        "warcinfo",
        *("request", "response", "metadata") * 2,
    ]
    assert next(n for n in files(packed.path) if "archive/" in n).endswith("-part.warc.gz")


def hold(archive: Archive, name: str) -> dict[str, object]:
    row = read_tables(archive).article(f"http://news.example/story/{name}")
    assert row is not None
    Tables(archive, "tester").mark([row["article_id"]], access=Access.HELD)
    return row


def test_what_is_held_is_in_no_package(archive: Archive) -> None:
    assert WELL.encode() in everything(export_wacz(archive, Asked()).path)
    row = hold(archive, "well")
    packed = export_wacz(archive, Asked())
    assert list(check_wacz(packed.path)) == []
    assert WELL.encode() not in everything(packed.path)
    # The home page repeats the story's first words, so it is left out with its revisit.
    kept = {path for path, _ in answers(packed.path)}
    assert kept == {"/about", "/story/saffron", "/story/library"}
    assert row["article_id"] not in {page["article_id"] for page in pages(packed.path)}


def test_what_is_withdrawn_is_in_no_package_whatever_the_tables_say(archive: Archive) -> None:
    row = read_tables(archive).article("http://news.example/story/well")
    assert row is not None
    decision = Decision(
        action=Action.WITHDRAW,
        article_id=row["article_id"],
        outlet="tester",
        url=row["canonical_url"],
        at=datetime.now(UTC),
        by="steward",
        reason="safety",
        fingerprints=Fingerprints.of(row["text"]),
    )
    record(archive, [decision])
    packed = export_wacz(archive, Asked())
    assert list(check_wacz(packed.path)) == []
    assert WELL.encode() not in everything(packed.path)
    assert {path for path, _ in answers(packed.path)} == {
        "/about",
        "/story/saffron",
        "/story/library",
    }


def test_nothing_to_pack_is_said_so(archive: Archive) -> None:
    with pytest.raises(ArchiveError, match="nothing was captured"):
        export_wacz(archive, Asked(since=datetime(2027, 1, 1, tzinfo=UTC)))
    with pytest.raises(ArchiveError, match="nothing of nobody; it has tester"):
        export_wacz(archive, Asked(outlets=("nobody",)))
    for name in small.WORDS:
        hold(archive, name)
    with pytest.raises(ArchiveError, match="no article"):
        export_wacz(archive, Asked())
    assert not list(archive.root.glob("wacz/*"))


def test_a_lost_index_is_said_so(archive: Archive) -> None:
    archive.cdxj(page_warcs(archive, "tester")[0]).unlink()
    with pytest.raises(ArchiveError, match="zancrawler rebuild"):
        export_wacz(archive, Asked())


def test_the_index_is_sorted_and_found_by_its_blocks(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "BLOCK", 4)
    packed = export_wacz(archive, Asked()).path
    assert list(check_wacz(packed)) == []
    found = files(packed)
    meta, *blocks = found["indexes/index.idx"].splitlines()
    assert json.loads(meta.split(b" ", 2)[2])["format"] == "cdxj-gzip-1.0"
    data = found["indexes/index.cdx.gz"]
    lines: list[bytes] = []
    for block in blocks:
        key, moment, where = block.split(b" ", 2)
        place = json.loads(where)
        piece = data[place["offset"] : place["offset"] + place["length"]]
        assert place["digest"] == f"sha256:{hashlib.sha256(piece).hexdigest()}"
        unpacked = gzip.decompress(piece)
        assert unpacked.startswith(key + b" " + moment + b" ")
        lines += unpacked.splitlines(keepends=True)
    assert len(blocks) == 3
    assert lines == sorted(lines) == index_lines(packed)
    theirs = [archive.cdxj(warc).read_bytes() for warc in page_warcs(archive, "tester")]
    assert lines == sorted(b"".join(theirs).splitlines(keepends=True))


def test_a_signature_that_anybody_can_check(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    packed = export_wacz(archive, Asked(), tmp_path / "a.wacz", signing_key(path)).path
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(check_wacz(packed)) == []
    found = files(packed)
    signed = json.loads(found["datapackage-digest.json"])["signedData"]
    digest = f"sha256:{hashlib.sha256(found['datapackage.json']).hexdigest()}"
    assert signed["hash"] == digest
    assert signed["created"] == json.loads(found["datapackage.json"])["created"]
    raw = b64decode(signed["signature"])
    public = serialization.load_der_public_key(b64decode(signed["publicKey"]))
    assert isinstance(public, ec.EllipticCurvePublicKey)
    pair = encode_dss_signature(int.from_bytes(raw[:48]), int.from_bytes(raw[48:]))
    public.verify(pair, digest.encode(), ec.ECDSA(hashes.SHA256()))
    again = export_wacz(archive, Asked(), tmp_path / "b.wacz", signing_key(path)).path
    assert (
        json.loads(files(again)["datapackage-digest.json"])["signedData"]["publicKey"]
        == (signed["publicKey"])
    )


def test_a_key_of_another_kind(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    key = ec.generate_private_key(ec.SECP256R1())
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    with pytest.raises(ArchiveError, match="P-384"):
        signing_key(path)
    path.write_text("no key")
    with pytest.raises(ArchiveError, match="no private key"):
        signing_key(path)
    with pytest.raises(ArchiveError, match="cannot use"):
        signing_key(tmp_path / "no" / "key.pem")


def test_other_tools_accept_it(archive: Archive, tmp_path: Path) -> None:
    key = signing_key(tmp_path / "key.pem")
    packed = export_wacz(archive, Asked(since=small.SECOND), tmp_path / "a.wacz", key).path
    assert "the passed WACZ is valid" in wacz_tool("validate", "-f", packed)
    # py-wacz makes the same index of the same WARCs.
    found = files(packed)
    inputs = []
    for name, data in found.items():
        if name.startswith("archive/"):
            inputs.append(tmp_path / name.rpartition("/")[2])
            inputs[-1].write_bytes(data)
    wacz_tool("create", "-o", tmp_path / "theirs.wacz", *inputs)
    theirs = gzip.decompress(files(tmp_path / "theirs.wacz")["indexes/index.cdx.gz"])
    ours = map(Capture.parse, index_lines(packed))
    assert list(map(Capture.parse, theirs.splitlines())) == list(ours)


def test_the_command(archive: Archive, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    out = tmp_path / "out.wacz"
    done = CliRunner().invoke(
        app,
        [
            *("export", "wacz", "--archive", str(archive.root), "--outlet", "tester"),
            *("--since", "2026-03-03", "--until", "2026-03-04", "--out", str(out), "--json"),
        ],
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["captures"] == 9
    assert list(check_wacz(out)) == []
