"""Packages for research: searched byte by byte for what they must not hold."""

from __future__ import annotations

import gzip
import html
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, quote_plus, unquote_plus

import pytest
import small_archive
from typer.testing import CliRunner

from zancrawler.archive import Archive, ArchiveError
from zancrawler.capture.wacz import check_wacz
from zancrawler.cli import app
from zancrawler.decisions import Action, Decision, record
from zancrawler.exports import dataset, lines
from zancrawler.exports.masking import COVER, Names
from zancrawler.exports.profile import Profile
from zancrawler.exports.rows import Wanted
from zancrawler.exports.selection import Asked
from zancrawler.exports.sharing import Sharing
from zancrawler.exports.wacz import export_wacz
from zancrawler.outlets import Catalogue

SENSITIVE = "The Taliban arrested the journalist Maryam on Sunday and took her to a prison."
PAGES = [
    small_archive.HOME,
    *small_archive.STORIES[:2],
    small_archive.Page(
        "/story/arrest",
        f"<!doctype html><title>a</title><h1>Journalist arrested in Kabul</h1>"
        f"<article><p>{SENSITIVE}</p><p>She was beaten and detained by intelligence.</p></article>",
    ),
    small_archive.Page("/face.png", "a face", b"image/png"),
    small_archive.Page("/face", "GIF89a another face", b"text/plain"),
    small_archive.Page("/drawn", "<?xml version='1.0'?>\n<svg>a drawn face</svg>", b"text/html"),
    small_archive.Page("/commented", "<!-- -->" * 200 + "<svg>a covert face</svg>", b"text/html"),
    small_archive.Page("/comments", "<!-- -->" * 400 + "a long silence", b"text/html"),
    small_archive.Page("/style.css", "body { color: teal }", b"text/css"),
]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = Archive.open(tmp_path / "archive")
    small_archive.crawl(archive, small_archive.FIRST, PAGES)
    return archive


def everything_in(package: Path) -> bytes:
    """All files of a package, decompressed."""
    with zipfile.ZipFile(package) as inside:
        data = [inside.read(name) for name in inside.namelist()]
    return b"".join(gzip.decompress(d) if d.startswith(b"\x1f\x8b") else d for d in data)


def test_a_package_for_research_has_no_sensitive_article_and_no_picture(archive: Archive) -> None:
    whole = everything_in(export_wacz(archive, Asked()).path)
    package = export_wacz(archive, Asked(profile=Profile.RESEARCH)).path
    found = everything_in(package)
    for words in (SENSITIVE, "a face", "other face", "drawn face", "covert face", "/story/arrest"):
        assert words.encode() in whole
        assert words.encode() not in found
    assert b"color: teal" in found and b"sixty books" in found and b"a long silence" in found
    assert list(check_wacz(package)) == []
    with zipfile.ZipFile(package) as inside:
        told = json.loads(inside.read("datapackage.json"))["zancrawler"]
    assert told == {"profile": "research", "capturedBefore": None}


def test_nor_what_names_somebody_of_the_list(archive: Archive) -> None:
    archive.masked_names.write_text("Professor\n", encoding="utf-8")
    assert b"Professor" in everything_in(export_wacz(archive, Asked()).path)
    found = everything_in(export_wacz(archive, Asked(profile=Profile.RESEARCH)).path)
    assert b"Professor" not in found and "زعفران".encode() in found


ZAHRA = "زهرا حسینی"
DRESSES = [
    (json.dumps({"rendered": f"<p>{ZAHRA}</p>"}), "utf-8"),
    (json.dumps(json.dumps(ZAHRA)), "utf-8"),
    (ZAHRA.replace(" ", "&nbsp;"), "utf-8"),
    (html.escape(ZAHRA.replace(" ", "&nbsp;")), "utf-8"),
    ("".join(f"&#{ord(letter)};" for letter in ZAHRA), "utf-8"),
    (ZAHRA.replace("هر", "ه&zwnj;ر"), "utf-8"),
    (ZAHRA.replace("هر", "ه<wbr>ر"), "utf-8"),
    ("<b>زهرا</b> حسینی", "utf-8"),
    ("<i>ز</i>هرا حسینی", "utf-8"),
    ("<p title='زهرا&#32;حسینی'>", "utf-8"),
    (ZAHRA.replace("ی", "ي"), "windows-1256"),
    (ZAHRA, "utf-16"),
    (f"<p>{ZAHRA}", "utf-16-le"),
    (f"<p>{ZAHRA}", "utf-16-be"),
]


def test_in_whatever_dress(archive: Archive) -> None:
    pages = [
        small_archive.Page(f"/dressed/{number}/", text, coding=coding)
        for number, (text, coding) in enumerate(DRESSES)
    ]
    other = small_archive.Page("/dressed/not/", json.dumps("زهرا حسینیان"))
    small_archive.crawl(archive, small_archive.SECOND, [*pages, other])
    archive.masked_names.write_text(f"{ZAHRA}\n", encoding="utf-8")
    found = everything_in(export_wacz(archive, Asked(profile=Profile.RESEARCH)).path)
    assert other.url.encode() in found
    assert [page.path for page in pages if page.url.encode() in found] == []


def test_nor_by_the_address_of_a_page(archive: Archive) -> None:
    slug = quote(ZAHRA.replace(" ", "-"))
    pages = [
        small_archive.Page(f"/tag/{slug}/", "all of her stories"),
        small_archive.Page(f"/search/?q={quote_plus(ZAHRA)}", "what was found"),
        small_archive.Page("/", "a door", b"text/html\r\nLink: </tag/%s/>" % slug.encode()),
    ]
    small_archive.crawl(archive, small_archive.SECOND, pages)
    archive.masked_names.write_text(f"{ZAHRA}\n", encoding="utf-8")
    assert slug.encode() in everything_in(export_wacz(archive, Asked()).path)
    found = everything_in(export_wacz(archive, Asked(profile=Profile.RESEARCH)).path)
    for words in (b"her stories", b"what was found", b"a door"):
        assert words not in found
    assert ZAHRA not in unquote_plus(found.decode("utf-8", "replace")).replace("-", " ")


def test_metadata_is_no_profile_of_a_wacz(archive: Archive) -> None:
    told = ["export", "wacz", "--profile", "metadata", "--archive", str(archive.root)]
    result = CliRunner().invoke(app, told)
    assert result.exit_code == 2 and "holds records whole" in result.output
    with pytest.raises(ArchiveError, match="holds records whole"):
        export_wacz(archive, Asked(profile=Profile.METADATA))


@pytest.mark.parametrize("command", ["wacz", "jsonl", "csv", "dataset"])
def test_an_embargo_leaves_out_what_is_younger(
    archive: Archive, tmp_path: Path, command: str
) -> None:
    young = datetime.now(UTC) - timedelta(days=3)
    small_archive.crawl(archive, young, [small_archive.story("well")])
    for days, is_there in ((2, True), (4, False)):
        out = tmp_path / f"{command}-{days}"
        told = ["export", command, "--older-than", str(days), "--out", str(out)]
        result = CliRunner().invoke(app, [*told, "--archive", str(archive.root)])
        assert result.exit_code == 0, result.output
        if command == "wacz":
            data = everything_in(out)
        elif command == "dataset":
            count = dataset.pq.read_table(out / "data" / "articles").num_rows
            assert (count == 3) == is_there
            continue
        else:
            data = out.read_bytes()
        assert (b"two metres deeper" in data) == is_there
        if command == "wacz" and not is_there:
            assert b'"capturedBefore": "20' in data


@pytest.mark.parametrize("command", ["jsonl", "csv"])
def test_programs_are_told_what_was_written(archive: Archive, tmp_path: Path, command: str) -> None:
    told = ["export", command, "--json", "--archive", str(archive.root)]
    out = tmp_path / "out"
    result = CliRunner().invoke(app, [*told, "--out", str(out)])
    assert json.loads(result.stdout) == {"path": str(out), "articles": 3}
    result = CliRunner().invoke(app, told)
    assert result.stdout_bytes == out.read_bytes()
    assert json.loads(result.stderr) == {"path": None, "articles": 3}


def decide(archive: Archive) -> None:
    found = small_archive.story("library").url
    record(
        archive,
        [Decision(Action.WITHDRAW, "x" * 20, "tester", found, datetime.now(UTC), "me", "safety")],
    )


@pytest.mark.parametrize("write", [lines.write_jsonl, lines.write_csv])
def test_lines_are_not_finished_when_something_is_withdrawn_meanwhile(
    archive: Archive, tmp_path: Path, write: Callable[..., int]
) -> None:
    class Slow:
        """A disk so slow that a steward decides while it is written to."""

        def write(self, text: str) -> int:
            if "sixty books" in text:
                decide(archive)
            return len(text)

    with pytest.raises(ArchiveError, match="withdrawn or released meanwhile"):
        write(archive, Wanted(Sharing(Profile.PRIVATE, Names())), Slow())


def test_a_data_set_is_not_finished_when_something_is_withdrawn_meanwhile(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = dataset.card

    def late(release: dataset.Release) -> str:
        decide(archive)
        return card(release)

    monkeypatch.setattr(dataset, "card", late)
    wanted = Wanted(Sharing(Profile.PRIVATE, Names()))
    with pytest.raises(ArchiveError, match="withdrawn or released meanwhile"):
        dataset.export_dataset(archive, Catalogue.open(), wanted, tmp_path / "set")
    assert not (tmp_path / "set").exists() and not list(tmp_path.glob(".set*"))


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("وفاطمه کریمی گفت", f"و{COVER} گفت"),
        ("بهفاطمه کریمی گفت", f"به{COVER} گفت"),
        ("ﻓﺎﻃﻤﻪ ﮐﺮﯾﻤﯽ ﮔﻔﺖ", f"{COVER} ﮔﻔﺖ"),
        ("ﻻ ﻓﺎﻃﻤﻪ ﻛﺮﻳﻤﻲ ﻻ", f"ﻻ {COVER} ﻻ"),
        ("فاطمه\u200cکریمی\u200cها", f"{COVER}\u200cها"),
        ("فاطمه\u0640\u200c \u200cکریمی\u0640", COVER),
        ("فاطمه \u200f\u202bکریمی", COVER),
        ("فاطمه کریمیان", "فاطمه کریمیان"),
        ("Jose\u0301 said", f"{COVER} said"),
        ("Ｊｏｓé", COVER),
    ],
)
def test_a_name_is_covered_however_its_letters_are_encoded(text: str, covered: str) -> None:
    names = Names.of(["فاطمه کریمی", "José"])
    assert names.cover(text) == covered
    assert names.are_in_text(text) == (COVER in covered)


@pytest.mark.parametrize("run", ["\u200c", "\u0640", " ", "\u200c\u0640"])
@pytest.mark.parametrize("first", ["و", "فاطمه", "فاطمه\u200cکریم"])
def test_a_hostile_text_is_looked_through_in_time(first: str, run: str) -> None:
    assert not Names.of(["فاطمه کریمی"]).are_in_text(first + run * 500_000)
