"""Two articles are withdrawn, then purged, and everything that anybody may be given is searched for
their words and pictures, byte by byte and decompressed.

Every command is among what is searched, or named below with the reason why it shows no article; a
new one fails the test until it is one of the two.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlsplit

import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
import typer
from crawled_newsroom import Crawled
from typer.testing import CliRunner

import zancrawler
from zancrawler.archive import Archive
from zancrawler.browse.server import serving as browsing
from zancrawler.capture.reader import read_exchanges
from zancrawler.capture.warcfile import page_warcs
from zancrawler.cli import app
from zancrawler.exports.hidden import Hidden
from zancrawler.exports.selection import Asked
from zancrawler.exports.wacz import export_wacz
from zancrawler.pictures import picture_mark
from zancrawler.replay.package import Shelf
from zancrawler.replay.server import serving as replaying
from zancrawler.replay.viewer import Viewer
from zancrawler.search import Search

pytestmark = pytest.mark.slow

WINDOW = 15
"""Words in a row by which an article is known again in any page (`zancrawler.fingerprints`)."""
PIECE = 48
"""Bytes out of the middle of a picture."""
PROFILES = ("private", "research", "metadata")
SHOW_NO_ARTICLE = {
    "capture": "asks a site",
    "checkpoint": "hashes",
    "crawl": "asks the outlets",
    "demo": "crawls",
    "extract": "reads a file of the caller's",
    "migrate": "rewrites tables, which are searched",
    "newsroom": "serves the newsroom",
    "rebuild": "rewrites tables, which are searched",
    "schedule": "crawls",
    "browse": "its answers are searched",
    "replay": "its answers are searched",
    "outlets": "files of outlets",
    "store": "the store's files are searched",
    "cluster": "archives in stores, as `store`",
    "withdraw": "called below",
    "holds release": "decides",
    "holds withdraw": "decides",
}


@dataclass(frozen=True)
class Secret:
    """What must not be seen of one article."""

    row: dict
    windows: tuple[str, ...]
    """Runs of its words, of every version, that stand in no other article."""
    pictures: tuple[bytes, ...]
    """Out of the middle of each picture that it alone shows, in every size."""

    def forms(self) -> Iterator[bytes]:
        for window in self.windows:
            yield window.encode()
            for in_ascii in (True, False):
                yield json.dumps(window, ensure_ascii=in_ascii)[1:-1].encode()
            yield window.replace("'", "&#39;").replace('"', "&quot;").encode()
        yield from self.pictures


def rows(archive: Archive, table: str) -> list[dict]:
    return ds.dataset(archive.table(table), format="parquet").to_table().to_pylist()


def windows(text: str) -> Iterator[str]:
    for paragraph in text.split("\n\n"):
        spans = [found.span() for found in re.finditer(r"\S+", paragraph)]
        for start in range(0, len(spans) - WINDOW + 1, 5):
            yield paragraph[spans[start][0] : spans[start + WINDOW - 1][1]]


def secret_of(archive: Archive, outlet: str) -> Secret:
    """The longest Dari or Pashto article of an outlet that shows pictures of its own."""
    articles, versions = rows(archive, "articles"), rows(archive, "versions")
    marks = {
        row["article_id"]: {picture_mark(image["url"]) for image in row["images"] or ()}
        for row in articles
    }
    stories = {row["article_id"]: row["story_id"] or row["article_id"] for row in articles}
    bodies = {
        exchange.url: exchange.response.http.body
        for warc in page_warcs(archive, outlet)
        for exchange in read_exchanges(warc)
        if exchange.is_requisite and exchange.response
    }
    mine = sorted(
        (row for row in articles if row["outlet"] == outlet and row["language"] in ("fa-AF", "ps")),
        key=lambda row: -len(row["text"]),
    )
    for row in mine:
        name = row["article_id"]
        others = [row["text"] or "" for row in versions if row["article_id"] != name]
        foreign = set().union(*(marks[o] for o in marks if stories[o] != stories[name]))
        own = marks[name] - foreign
        shown = tuple(
            body[len(body) // 2 :][:PIECE]
            for url, body in bodies.items()
            if picture_mark(url) in own
        )
        texts = [version["text"] for version in versions if version["article_id"] == name]
        runs = dict.fromkeys(run for text in texts for run in windows(text))
        lone = tuple(run for run in runs if not any(run in other for other in others))
        if shown and len(lone) > 5:
            return Secret(row, lone[:: len(lone) // 6], shown)
    raise AssertionError(f"{outlet} has no such article")


def unpacked(data: bytes) -> Iterator[bytes]:
    """Bytes, and what is in them: gzip members, ZIP entries, Parquet's values."""
    yield data
    if data[:4] == b"PAR1":
        for batch in pq.ParquetFile(io.BytesIO(data)).iter_batches():
            yield written(batch.to_pylist())
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            for name in package.namelist():
                yield from unpacked(package.read(name))
    while data[:2] == b"\x1f\x8b":
        member = zlib.decompressobj(31)
        yield member.decompress(data)
        data = member.unused_data


def written(values: object) -> bytes:
    """As JSON with every letter as it is; Python's own way would escape some."""
    return json.dumps(values, ensure_ascii=False, default=str).encode("utf-8", "replace")


def seen(given: Mapping[str, bytes], secrets: list[Secret]) -> dict[str, set[str]]:
    """By URL of an article, where something of it is."""
    found: dict[str, set[str]] = {secret.row["url"]: set() for secret in secrets}
    for name, data in given.items():
        texts = list(unpacked(data))
        for secret in secrets:
            if any(form in text for text in texts for form in secret.forms()):
                found[secret.row["url"]].add(name)
    return found


def files(*roots: Path) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes()
        for root in roots
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def commands() -> set[str]:
    group = typer.main.get_command(app)
    found = set()
    for name, command in group.commands.items():
        found |= {f"{name} {sub}" for sub in getattr(command, "commands", ())} or {name}
    return found


def said(
    archive: Archive, catalogue: Path, secrets: list[Secret], out: Path, *only: str
) -> dict[str, bytes]:
    """What every command says, or some, and the files that it writes."""
    out.mkdir()
    urls = [secret.row["url"] for secret in secrets]
    titles = [secret.row["title"] for secret in secrets]
    calls: dict[str, list[list[str]]] = {
        "coverage": [[], ["--json"]],
        "diff": [[url] for url in urls],
        "holds list": [["--json"]],
        "prove": [[url, "--output", str(out / f"{n}.zip")] for n, url in enumerate(urls)],
        "report": [["--out", str(out / "report.html")]],
        "search": [[title, *more] for title in titles for more in ([], ["--json"])],
        "status": [[], ["--json"]],
        "stories": [["--json"]],
        "story": [[url, "--json"] for url in urls],
        "verify": [["--json"]],
        "export wacz": [
            ["--profile", p, "--out", str(out / f"{p}.wacz")] for p in ("private", "research")
        ],
        "export dataset": [["--profile", p, "--out", str(out / f"data-{p}")] for p in PROFILES],
        "export jsonl": [["--profile", p] for p in PROFILES],
        "export csv": [["--profile", p, "--out", str(out / f"{p}.csv")] for p in PROFILES],
    }
    told = {name.split(" ")[0] if name.split(" ")[0] in SHOW_NO_ARTICLE else name
            for name in commands()}  # fmt: skip
    assert told <= calls.keys() | SHOW_NO_ARTICLE.keys()
    end = ["--archive", str(archive.root)]
    given = {}
    for name in only or calls:
        outlets = ["--outlets", str(catalogue)] if "outlets" in _options(name) else []
        for number, more in enumerate(calls[name]):
            words = [*name.split(), *more, *end, *outlets]
            given[f"{name} {number}"] = CliRunner().invoke(app, words).output.encode()
    return given | files(out)


def _options(name: str) -> set[str | None]:
    command = typer.main.get_command(app)
    for part in name.split():
        command = command.commands[part]
    return {parameter.name for parameter in command.params}


def read_in_python(archive: Archive, secrets: list[Secret]) -> dict[str, bytes]:
    reader = zancrawler.open(archive.root)
    tables = {
        name: written(getattr(reader, name)().to_pylist())
        for name in ("articles", "versions", "captures", "coverage", "crawls", "stories")
    }
    for secret in secrets:
        url = secret.row["url"]
        tables[f"article {url}"] = written(reader.article(url))
        tables[f"find {url}"] = written(
            [asdict(hit) for hit in Search(archive.root).find(secret.row["title"])]
        )
    return tables


def answer(address: str, path: str) -> bytes:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.request("GET", quote(path, safe="/?=&-_.%~"))
    body = connection.getresponse().read()
    connection.close()
    return body


def browsed(address: str, secrets: list[Secret]) -> dict[str, bytes]:
    paths = ["/", "/search", "/archive", "/archive.db", "/archive/articles.csv?_stream=on"]
    paths += ["/archive/articles.json?_size=max&_shape=array", "/archive/articles?_size=max"]
    for secret in secrets:
        row = secret.row
        words = " ".join(secret.windows[0].split()[:4])
        paths += [f"/outlet/{row['outlet']}", f"/article/{row['article_id']}"]
        paths += [f"/article/{row['article_id']}/changes", f"/search?q={words}"]
        paths += [f"/archive/articles.json?_q={words}&_shape=array"]
        paths += [f"/archive/articles/{row['article_id']}{end}" for end in ("", ".json")]
    return {f"browse {path}": answer(address, path) for path in paths}


def replayed(address: str) -> dict[str, bytes]:
    framed = re.search(r"http://127\.0\.0\.1:\d+/", answer(address, "/").decode())[0]
    home = answer(framed, "/").decode()
    package = re.search(r'"(/[^"]+/archive\.wacz)"', home)[1]
    return {"replay": home.encode(), "replayed": answer(framed, package)}


@pytest.fixture
def archive(crawled: Crawled, tmp_path: Path) -> Archive:
    """Read in every way already, with what a killed export and a torn WARC leave, and pushed."""
    root = tmp_path / "archive"
    shutil.copytree(crawled.archive.root, root)
    copied = Archive(root)
    catalogue = str(crawled.newsroom.catalogue)
    for words in (
        ["stories", "--outlets", catalogue],
        ["search", "the"],
        ["export", "wacz"],
        ["export", "dataset", "--profile", "private", "--outlets", catalogue],
        ["store", "push", str(tmp_path / "store")],
    ):
        result = CliRunner().invoke(app, [*words, "--archive", str(root)])
        assert result.exit_code == 0, result.output
    release = next((root / "datasets").iterdir())
    shutil.copytree(release, release.with_name(f".{release.name}.999999.tmp"))
    for path in ("wacz/*.wacz", "tables/articles/*/*/*.parquet", "warc/*/*/*.warc.gz"):
        for whole in list(root.glob(path)):
            shutil.copyfile(whole, whole.with_name(f".{whole.name}.999999.tmp"))
    warc = page_warcs(copied, "newsroom-wp")[-1]
    shutil.copyfile(warc, warc.with_name(f"{warc.name}.torn-at-0"))
    return copied


def test_what_is_withdrawn_is_nowhere_to_be_seen_and_what_is_purged_nowhere(
    archive: Archive, crawled: Crawled, tmp_path: Path
) -> None:
    catalogue = crawled.newsroom.catalogue
    secrets = [secret_of(archive, name) for name in crawled.newsroom.homes]
    urls = {secret.row["url"] for secret in secrets}
    viewer = Viewer(tmp_path)
    shelf = Shelf(
        archive,
        pack=lambda path: export_wacz(archive, Asked(), path),
        hidden=lambda: Hidden.of(archive),
    )
    with (
        browsing(archive, catalogue, "http://127.0.0.1:1/", 0, max_age=0) as pages,
        replaying(viewer, shelf.current, 0) as replay,
    ):

        def looks(out: str, *only: str) -> dict[str, dict[str, bytes]]:
            views = (archive.tables, archive.root / "search", archive.root / "browse")
            return {
                "browse": browsed(pages, secrets),
                "replay": replayed(replay),
                "python": read_in_python(archive, secrets),
                "commands": said(archive, catalogue, secrets, tmp_path / out, *only),
                "files": {n: d for n, d in files(*views).items() if not n.endswith(".tmp")},
            }

        # Where it can be seen before, it would be found after.
        for name, given in looks("before", "diff", "export wacz", "export jsonl").items():
            places = seen(given, secrets)
            assert all(places.values()), (name, places)
        decide(archive, catalogue, urls)
        for name, given in looks("after").items():
            places = seen(given, secrets)
            assert not any(places.values()), (name, places)
    places = seen(files(archive.root / "warc"), secrets)
    assert all(places.values())
    decide(archive, catalogue, urls, "--purge")
    places = seen(files(archive.root, tmp_path / "store"), secrets)
    assert not any(places.values()), places
    words = {word for secret in secrets for word in lone_words(archive, secret)}
    assert words
    holders = [
        (name, word)
        for name, data in files(archive.root, tmp_path / "store").items()
        for text in unpacked(data)
        for word in words
        if word.encode() in text
    ]
    assert holders == []


def lone_words(archive: Archive, secret: Secret) -> set[str]:
    """Words of its text that stand in no record which is left; an index may still have them."""
    words = {word for run in secret.windows for word in re.findall(r"[^\W\d_]{5,}", run)}
    left = b"\n".join(
        text
        for data in files(archive.root / "warc", archive.tables).values()
        for text in unpacked(data)
    )
    return {word for word in words if word.encode() not in left}


def decide(archive: Archive, catalogue: Path, urls: set[str], *more: str) -> None:
    for url in sorted(urls):
        words = ["withdraw", url, "--reason", "safety", "--by", "steward", *more]
        end = ["--archive", str(archive.root), "--outlets", str(catalogue)]
        result = CliRunner().invoke(app, [*words, *end])
        assert result.exit_code == 0, result.output
