"""Forty ways of breaking a WACZ, each found and named; the package is made anew around most, so
that no digest gives the damage away.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import small_archive as small

from zancrawler.archive import Archive
from zancrawler.capture.conformance import FaultCode
from zancrawler.capture.reader import read_records
from zancrawler.capture.wacz import check_wacz
from zancrawler.exports.selection import Asked
from zancrawler.exports.signing import signing_key
from zancrawler.exports.wacz import export_wacz

Files = dict[str, bytes]
DESCRIPTION, DIGEST = "datapackage.json", "datapackage-digest.json"
BLOCKS, GUIDE = "indexes/index.cdx.gz", "indexes/index.idx"
INDEX, PAGES = "indexes/index.cdxj", "pages/pages.jsonl"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Signed, with revisits, one WARC that is a part of one, and an index of several blocks."""
    folder = tmp_path_factory.mktemp("sound")
    archive = Archive.open(folder / "archive")
    small.make(archive)
    key = signing_key(folder / "key.pem")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("zancrawler.exports.index.BLOCK", 4)
        return export_wacz(archive, Asked(since=small.SECOND), folder / "sound.wacz", key).path


def unpacked(path: Path) -> Files:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def write(path: Path, files: Files, squeezed: tuple[str, ...] = ()) -> None:
    with zipfile.ZipFile(path, "w") as package:
        for name, data in files.items():
            package.writestr(name, data, zipfile.ZIP_DEFLATED if name in squeezed else None)


def described(files: Files) -> Files:
    """With the description and its digest made to fit; unsigned."""
    content = {name: d for name, d in files.items() if name not in (DESCRIPTION, DIGEST)}
    description = json.loads(files[DESCRIPTION])
    description["resources"] = [
        {
            "name": name.rpartition("/")[2],
            "path": name,
            "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
            "bytes": len(data),
        }
        for name, data in content.items()
    ]
    content[DESCRIPTION] = json.dumps(description).encode()
    digest = f"sha256:{hashlib.sha256(content[DESCRIPTION]).hexdigest()}"
    content[DIGEST] = json.dumps({"path": DESCRIPTION, "hash": digest}).encode()
    return content


def plain(files: Files) -> Files:
    """With a plain index, as others have it."""
    rest = {name: data for name, data in files.items() if name not in (BLOCKS, GUIDE)}
    return rest | {INDEX: gzip.decompress(files[BLOCKS])}


def warc_of(files: Files) -> str:
    """The WARC of the later run."""
    return max(name for name in files if name.startswith("archive/"))


def edited(name: str, change: Callable[[bytes], bytes]) -> Callable[[Files], Files]:
    return lambda files: files | {name: change(files[name])}


def without(*names: str) -> Callable[[Files], Files]:
    return lambda files: {name: data for name, data in files.items() if name not in names}


def lines(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[bytes], bytes]:
    return lambda data: b"".join(change(data.splitlines(keepends=True)))


def in_json(**changes: object) -> Callable[[bytes], bytes]:
    return lambda data: json.dumps(json.loads(data) | changes).encode()


def in_signature(**changes: object) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        digest = json.loads(data)
        digest["signedData"] |= changes
        return json.dumps(digest).encode()

    return change


def flipped(files: Files) -> Files:
    name = warc_of(files)
    data = bytearray(files[name])
    data[len(data) // 2] ^= 1
    return files | {name: bytes(data)}


def rewritten_record(change: Callable[[bytes], bytes]) -> Callable[[Files], Files]:
    """Changes the last response, in a gzip member that is sound, and all offsets stay."""

    def rewrite(files: Files) -> Files:
        name = warc_of(files)
        data = files[name]
        members = []
        while data:
            stream = zlib.decompressobj(31)
            text = stream.decompress(data)
            members.append((text, data[: len(data) - len(stream.unused_data)]))
            data = stream.unused_data
        at = max(n for n, (text, _) in enumerate(members) if b"WARC-Type: response" in text)
        kept = [packed for _, packed in members]
        changed = gzip.compress(change(members[at][0]), mtime=0)
        moved = len(changed) - len(kept[at])
        start = sum(map(len, kept[:at]))
        kept[at] = changed
        index = []
        for line in files[INDEX].splitlines():
            key, moment, block = line.split(b" ", 2)
            fields = json.loads(block)
            if fields["filename"] == name.rpartition("/")[2]:
                offset = int(fields["offset"])
                if offset == start:
                    fields["length"] = str(len(changed))
                elif offset > start:
                    fields["offset"] = str(offset + moved)
            index.append(b" ".join((key, moment, json.dumps(fields).encode())) + b"\n")
        return files | {name: b"".join(kept), INDEX: b"".join(sorted(index))}

    return rewrite


def no_original(files: Files) -> Files:
    """The WARC of the earlier run is gone, and with it what the revisits refer to."""
    gone = min(name for name in files if name.startswith("archive/"))
    short = gone.rpartition("/")[2].encode()
    kept = lines(lambda all_of: [line for line in all_of if short not in line])
    return without(gone)(edited(INDEX, kept)(files))


def moved_index_line(data: bytes) -> bytes:
    first, *rest = data.splitlines(keepends=True)
    key, moment, block = first.split(b" ", 2)
    fields = json.loads(block)
    fields["offset"] = str(int(fields["offset"]) + 1)
    return b"".join([b" ".join((key, moment, json.dumps(fields).encode())) + b"\n", *rest])


def second_page(
    change: Callable[[dict[str, object]], dict[str, object]],
) -> Callable[[bytes], bytes]:
    def edit(all_of: list[bytes]) -> list[bytes]:
        return [all_of[0], json.dumps(change(json.loads(all_of[1]))).encode() + b"\n", *all_of[2:]]

    return lines(edit)


AS_IT_IS = {
    "a page changed after packing": (
        edited(PAGES, lambda data: data.replace(b"saffron", b"Saffron")),
        "is not the file that its hash was taken of",
    ),
    "a file cut short": (edited(PAGES, lambda data: data[:-20]), "bytes, not"),
    "a file added": (lambda files: files | {"pages/more.txt": b"x"}, "is not listed"),
    "a file taken out": (without(PAGES), "is listed in datapackage.json and is not there"),
    "no description": (without(DESCRIPTION), "datapackage.json: is missing"),
    "a description that is no JSON": (edited(DESCRIPTION, lambda data: data[1:]), "is missing, or"),
    "a description changed": (
        edited(DESCRIPTION, in_json(title="Another")),
        "is not the digest of datapackage.json",
    ),
    "a digest of a kind that nobody knows": (
        edited(DESCRIPTION, lambda data: data.replace(b"sha256:", b"crc32:", 1)),
        "has no hash that we know",
    ),
    "a resource without a path": (
        edited(DESCRIPTION, in_json(resources=[{"name": "x"}])),
        "has a resource without a path",
    ),
    "another profile": (edited(DESCRIPTION, in_json(profile="data")), "its profile is not"),
    "no version": (
        edited(DESCRIPTION, in_json(wacz_version=None)),
        "does not say its wacz_version",
    ),
    "a signature of something else": (
        edited(DIGEST, in_signature(hash="sha256:00")),
        "what was signed is not the digest",
    ),
    "a signature of another key": (
        edited(DIGEST, in_signature(signature="AA" * 64)),
        "its signature was not made of this digest",
    ),
    "a key that is none": (
        edited(DIGEST, in_signature(publicKey="AAAA")),
        "its key cannot be read",
    ),
}
"""By what each is named in a message."""

REHASHED = {
    "no WARC": (
        lambda files: {name: data for name, data in files.items() if "archive/" not in name},
        "holds no WARC",
    ),
    "no index": (without(INDEX), "holds no index"),
    "no list of pages": (without(PAGES), "is missing, and the standard says MUST"),
    "an empty list of pages": (edited(PAGES, lines(lambda all_of: all_of[:1])), "names no page"),
    "pages without their format": (
        edited(PAGES, lines(lambda all_of: all_of[1:])),
        "does not begin with its format",
    ),
    "a page that is no JSON": (
        edited(PAGES, lines(lambda all_of: [*all_of, b"{"])),
        "is no JSON object",
    ),
    "a page without a time": (
        edited(PAGES, second_page(lambda page: {k: v for k, v in page.items() if k != "ts"})),
        "has no time (ts)",
    ),
    "a page that was never captured": (
        edited(PAGES, second_page(lambda page: page | {"url": "http://news.example/never"})),
        "http://news.example/never is not captured",
    ),
    "a file that leads out": (lambda files: files | {"archive/../../x": b"x"}, "leads out"),
    "two WARCs of one name": (
        lambda files: files | {warc_of(files).replace("/", "/again/"): files[warc_of(files)]},
        "no index can tell WARCs of one name apart",
    ),
    "a byte of a WARC flipped": (flipped, FaultCode.DAMAGED),
    "a WARC cut short": (
        lambda files: files | {warc_of(files): files[warc_of(files)][:-30]},
        FaultCode.DAMAGED,
    ),
    "a story rewritten in its record": (
        rewritten_record(lambda record: record.replace(b"readers of Kabul", b"readers of Herat")),
        FaultCode.BLOCK_DIGEST,
    ),
    "a story given another address": (
        rewritten_record(lambda record: record.replace(b"/story/library", b"/story/librarx")),
        FaultCode.INDEX_LINE,
    ),
    "the original of a revisit taken out": (no_original, FaultCode.REFERS_TO),
    "an index out of order": (
        edited(INDEX, lines(lambda all_of: all_of[::-1])),
        FaultCode.INDEX_ORDER,
    ),
    "a capture missing in the index": (
        edited(INDEX, lines(lambda all_of: all_of[1:])),
        FaultCode.INDEX_MISSING,
    ),
    "an index that points beside": (edited(INDEX, moved_index_line), FaultCode.INDEX_EXTRA),
    "an index with a line that is none": (
        edited(INDEX, lines(lambda all_of: [b"no line\n", *all_of])),
        FaultCode.INDEX_LINE,
    ),
}

IN_BLOCKS = {
    "no guide to the blocks": (without(GUIDE), f"cannot be used without {GUIDE}"),
    "a guide that points beside": (
        edited(GUIDE, lambda data: data.replace(b'"offset": 0', b'"offset": 9')),
        "its block does not begin where the last one ends",
    ),
    "a guide with another digest": (
        edited(GUIDE, lambda data: data.replace(b"sha256:", b"sha256:0", 1)),
        "its block is not the one of its digest",
    ),
    "a guide that names other captures": (
        edited(GUIDE, lambda data: data.replace(b"\nexample,news)", b"\nexample,newt)")),
        "its block begins with another capture",
    ),
    "a guide that ends early": (
        edited(GUIDE, lines(lambda all_of: all_of[:-1])),
        "its blocks are not all of the compressed index",
    ),
}


def named(path: Path, sign: str | FaultCode) -> bool:
    return any(
        fault.code is sign if isinstance(sign, FaultCode) else sign in fault.message
        for fault in check_wacz(path)
    )


def test_unbroken_there_is_nothing_to_name(sound: Path, tmp_path: Path) -> None:
    assert list(check_wacz(sound)) == []
    again = tmp_path / "again.wacz"
    files = unpacked(sound)
    for same in (files, described(files), described(plain(files))):
        write(again, same)
        assert list(check_wacz(again)) == []
    assert any(record.type == "revisit" for record in revisits(sound, tmp_path))
    assert len(AS_IT_IS) + len(REHASHED) + len(IN_BLOCKS) >= 25


def revisits(path: Path, folder: Path) -> list:
    files = unpacked(path)
    warc = folder / "a.warc.gz"
    warc.write_bytes(files[warc_of(files)])
    return list(read_records(warc))


@pytest.mark.parametrize("way", AS_IT_IS)
def test_a_package_changed_as_it_is(sound: Path, tmp_path: Path, way: str) -> None:
    change, sign = AS_IT_IS[way]
    write(tmp_path / "broken.wacz", change(unpacked(sound)))
    assert named(tmp_path / "broken.wacz", sign)


@pytest.mark.parametrize("way", REHASHED)
def test_a_package_made_anew_around_the_damage(sound: Path, tmp_path: Path, way: str) -> None:
    change, sign = REHASHED[way]
    write(tmp_path / "broken.wacz", described(change(plain(unpacked(sound)))))
    assert named(tmp_path / "broken.wacz", sign)


@pytest.mark.parametrize("way", IN_BLOCKS)
def test_a_compressed_index(sound: Path, tmp_path: Path, way: str) -> None:
    change, sign = IN_BLOCKS[way]
    write(tmp_path / "broken.wacz", described(change(unpacked(sound))))
    assert named(tmp_path / "broken.wacz", sign)


def test_what_no_player_can_seek_in(sound: Path, tmp_path: Path) -> None:
    path = tmp_path / "broken.wacz"
    files = unpacked(sound)
    write(path, files, squeezed=(warc_of(files), BLOCKS))
    assert named(path, "is compressed in the package")
    assert named(path, "is compressed once more")


def test_a_file_that_is_there_twice(sound: Path, tmp_path: Path) -> None:
    path = tmp_path / "broken.wacz"
    path.write_bytes(sound.read_bytes())
    with (
        zipfile.ZipFile(path, "a") as package,
        pytest.warns(UserWarning, match="Duplicate name"),
    ):
        package.writestr(PAGES, b"another")
    assert named(path, "is there twice")


def test_an_offset_that_one_player_misreads(sound: Path, tmp_path: Path) -> None:
    """A ZIP64 field in the file's header only, as Python's zipfile writes when told to."""
    path = tmp_path / "broken.wacz"
    with zipfile.ZipFile(path, "w") as package:
        for name, data in unpacked(sound).items():
            with package.open(name, "w", force_zip64=name == PAGES) as file:
                file.write(data)
    assert named(path, "has an extra field that players overlook")


def test_a_zip_cut_short(sound: Path, tmp_path: Path) -> None:
    path = tmp_path / "broken.wacz"
    path.write_bytes(sound.read_bytes()[:-30])
    assert named(path, FaultCode.DAMAGED)


def test_the_directory_against_the_files(sound: Path, tmp_path: Path) -> None:
    """A directory that leads to another file's bytes."""
    path = tmp_path / "broken.wacz"
    data = bytearray(sound.read_bytes())
    entry = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, entry + 42, 0)
    path.write_bytes(data)
    assert named(path, FaultCode.DAMAGED)
