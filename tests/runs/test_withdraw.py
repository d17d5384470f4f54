"""Withdrawing: the words of an article are in no file that anybody is shown, and after a purge in
none at all; every other row stays as it was, and can still be checked.
"""

from __future__ import annotations

import json
import shutil
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pyarrow.dataset as ds
import pytest
from crawled_newsroom import Crawled, zancrawler
from fastwarc.warc import ArchiveIterator

from zancrawler.archive import Archive, ArchiveError
from zancrawler.decisions import Action, Decisions, history
from zancrawler.exports.selection import Asked
from zancrawler.exports.wacz import export_wacz
from zancrawler.runs import withdrawing
from zancrawler.runs.rebuild import rebuild_ledger

BY = ("--reason", "safety", "--by", "steward")


pytestmark = pytest.mark.slow


@pytest.fixture
def archive(crawled: Crawled, tmp_path: Path) -> Archive:
    """A copy of the crawled newsroom, to be changed."""
    shutil.copytree(crawled.archive.root, tmp_path / "archive")
    return Archive(tmp_path / "archive")


def rows(archive: Archive, table: str) -> dict[tuple, dict]:
    key = {"versions": ("article_id", "version"), "captures": ("warc_filename", "exchange_offset")}
    found = ds.dataset(archive.table(table), format="parquet").to_table().to_pylist()
    return {tuple(row[name] for name in key.get(table, ("article_id",))): row for row in found}


def one_of(archive: Archive, language: str = "fa-AF") -> dict:
    """An article with enough words to be known by."""
    found = [row for row in rows(archive, "articles").values() if row["language"] == language]
    return max(found, key=lambda row: len(row["text"]))


def decompressed(path: Path) -> Iterator[bytes]:
    data = path.read_bytes()
    yield data
    if path.suffix == ".parquet":
        for row in duckdb.sql(f"SELECT * FROM read_parquet('{path}')").fetchall():
            yield " ".join(map(str, row)).encode()
    while data[:2] == b"\x1f\x8b":
        member = zlib.decompressobj(31)
        yield member.decompress(data)
        data = member.unused_data


def holders(root: Path, sentence: str) -> list[str]:
    """The files that hold a sentence, as UTF-8 or as JSON writes it."""
    forms = (sentence.encode(), json.dumps(sentence)[1:-1].encode())
    return [
        str(path.relative_to(root))
        for path in sorted(root.rglob("*"))
        if path.is_file() and any(form in text for text in decompressed(path) for form in forms)
    ]


def longest_sentence(text: str) -> str:
    return max(text.replace("\n", ".").split("."), key=len).strip()


def test_what_is_withdrawn_is_in_no_table(archive: Archive, crawled: Crawled) -> None:
    before, captures = rows(archive, "articles"), rows(archive, "captures")
    article = one_of(archive)
    sentence = longest_sentence(article["text"])
    assert holders(archive.tables, sentence)
    said = zancrawler("withdraw", article["url"], *BY, "--archive", archive.root)
    assert "Withdrawn" in said
    assert not holders(archive.tables, sentence)
    assert not holders(archive.root / "ledger", article["title"])
    after = rows(archive, "articles")
    tombstone = after.pop((article["article_id"],))
    del before[(article["article_id"],)]
    assert after == before
    assert rows(archive, "captures") == captures
    assert tombstone["access"] == "withdrawn"
    assert tombstone["text"] is None and tombstone["title"] is None and not tombstone["authors"]
    assert tombstone["text_digest"] == article["text_digest"]
    (decision,) = history(archive)
    assert (decision.action, decision.by, decision.reason) == (
        Action.WITHDRAW,
        "steward",
        "safety",
    )
    assert decision.text_digests == (article["text_digest"],)
    assert not holders(archive.root, sentence) or all(
        name.startswith("warc/") for name in holders(archive.root, sentence)
    )
    zancrawler("verify", "--archive", archive.root, "--outlets", crawled.newsroom.catalogue)
    states = [r["state"] for r in table(archive, "coverage") if r["url"] == article["url"]]
    assert states == ["withdrawn"]
    assert article["url"] not in zancrawler("coverage", "--archive", archive.root)
    again = zancrawler("withdraw", article["url"], *BY, "--archive", archive.root)
    assert "already" in again


def table(archive: Archive, name: str) -> list[dict]:
    return ds.dataset(archive.table(name), format="parquet").to_table().to_pylist()


def files(archive: Archive, *tables: str) -> dict[str, bytes]:
    found = (path for name in tables for path in archive.table(name).rglob("*.parquet"))
    return {archive.relative(path): path.read_bytes() for path in sorted(found)}


def test_a_rebuild_brings_nothing_back_and_a_restoration_all(
    archive: Archive, crawled: Crawled
) -> None:
    before = files(archive, "articles", "versions", "captures")
    article = one_of(archive, "ps")
    end = ("--archive", archive.root, "--outlets", crawled.newsroom.catalogue)
    zancrawler("withdraw", article["url"], *BY, *end)
    hidden = files(archive, "articles", "versions", "captures")
    zancrawler("rebuild", "--ledger", *end)
    assert files(archive, "articles", "versions", "captures") == hidden
    zancrawler("withdraw", article["url"], "--restore", *BY, *end)
    assert files(archive, "articles", "versions", "captures") == before
    assert not Decisions.read(archive).withdrawn()
    zancrawler("withdraw", article["url"], "--restore", *BY, *end, code=1)


def test_the_id_of_a_story_means_all_its_articles(archive: Archive) -> None:
    zancrawler("stories", "--archive", archive.root)
    stories = table(archive, "stories")
    many = {row["story_id"]: [] for row in stories}
    for row in stories:
        many[row["story_id"]].append(row["article_id"])
    story, members = max(many.items(), key=lambda pair: len(pair[1]))
    assert len(members) > 1
    zancrawler("withdraw", story, *BY, "--archive", archive.root)
    withdrawn = Decisions.read(archive).withdrawn()
    assert {decision.article_id for decision in withdrawn} == set(members)


def test_after_a_purge_no_file_has_it_and_every_other_row_stands(
    archive: Archive, crawled: Crawled
) -> None:
    articles, captures = rows(archive, "articles"), rows(archive, "captures")
    article = one_of(archive)
    sentences = [s.strip() for s in article["text"].split("\n\n") if len(s.split()) > 12]
    assert sentences
    end = ("--archive", archive.root, "--outlets", crawled.newsroom.catalogue)
    zancrawler("export", "wacz", "--archive", archive.root)
    zancrawler("export", "dataset", "--profile", "private", *end)
    zancrawler("search", article["title"], "--archive", archive.root)
    zancrawler("report", "--out", archive.root.parent / "report.html", "--archive", archive.root)
    said = zancrawler("withdraw", article["url"], "--purge", *BY, *end, "--json")
    purged = json.loads(said)
    assert len(purged["packages"]) == 2
    for sentence in sentences:
        assert not holders(archive.root, sentence)
    lost = {article["url"], *purged["others"]}
    kept = {key: row for key, row in articles.items() if row["url"] not in lost}
    assert rows(archive, "articles") == kept
    left = rows(archive, "captures")
    assert len(left) == len(captures) - purged["exchanges"]
    assert all(captures[key] == row for key, row in left.items())
    zancrawler("verify", *end)
    for warc in (archive.root / "warc").rglob("*.warc.gz"):
        with warc.open("rb") as stream:
            for record in ArchiveIterator(stream, parse_http=False):
                assert record.verify_block_digest()
    before = files(archive, "articles", "versions", "captures")
    zancrawler("rebuild", *end)
    assert files(archive, "articles", "versions", "captures") == before
    # The newsroom still shows it; it is asked for no more.
    zancrawler("crawl", *crawled.newsroom.homes, "--full", *end)
    asked = [row for row in table(archive, "captures") if row["url"] == article["url"]]
    assert not asked


def test_holds_are_listed_released_and_withdrawn(archive: Archive, crawled: Crawled) -> None:
    from zancrawler.tables import Access, Tables

    first, second = list(rows(archive, "articles").values())[:2]
    for row in (first, second):
        with archive.lock(row["outlet"], "a test"):
            Tables(archive, row["outlet"]).mark([row["article_id"]], access=Access.HELD)
    end = ("--archive", archive.root, "--outlets", crawled.newsroom.catalogue)
    listed = json.loads(zancrawler("holds", "list", "--json", "--archive", archive.root))
    assert {hold["article_id"] for hold in listed} == {first["article_id"], second["article_id"]}
    zancrawler("holds", "release", first["url"], *BY, *end)
    zancrawler("holds", "withdraw", second["url"], *BY, *end)
    assert zancrawler("holds", "list", "--archive", archive.root).strip() == "Nothing is held."
    zancrawler("rebuild", *end)
    after = rows(archive, "articles")
    assert after[(first["article_id"],)]["access"] == "open"
    assert after[(second["article_id"],)]["access"] == "withdrawn"
    zancrawler("holds", "release", first["url"], *BY, *end, code=1)


def test_holds_are_released_together(archive: Archive, crawled: Crawled) -> None:
    from zancrawler.tables import Access, Tables

    outlet = one_of(archive)["outlet"]
    ids = [row["article_id"] for row in rows(archive, "articles").values()]
    mine = [name for name in ids if rows(archive, "articles")[(name,)]["outlet"] == outlet][:5]
    with archive.lock(outlet, "a test"):
        tables = Tables(archive, outlet)
        tables.mark_gone(mine[:1])
        tables.mark(mine, access=Access.HELD)
    end = ("--archive", archive.root, "--outlets", crawled.newsroom.catalogue)
    urls = [rows(archive, "articles")[(name,)]["url"] for name in mine]
    zancrawler("holds", "release", *BY, *end, code=2)
    zancrawler("holds", "release", "--outlet", outlet, *BY, *end, code=2)
    zancrawler("holds", "release", "--outlet", "nobody", "--why", "gone", *BY, *end, code=2)
    zancrawler("holds", "release", *urls[1:3], *BY, *end)
    chosen = ("--outlet", outlet, "--why", "stripped")
    listed = json.loads(zancrawler("holds", "list", *chosen, "--json", "--archive", archive.root))
    assert {hold["article_id"] for hold in listed} == set(mine[3:])
    zancrawler("holds", "release", *chosen, *BY, *end)
    after = rows(archive, "articles")
    assert [after[(name,)]["access"] for name in mine] == ["held", *["open"] * 4]
    said = zancrawler("holds", "release", *chosen, *BY, *end, code=1)
    assert f"no article of {outlet} is held because it is stripped" in said


def test_an_article_that_the_archive_does_not_hold(archive: Archive) -> None:
    said = zancrawler("withdraw", "https://example.org/", *BY, "--archive", archive.root, code=1)
    assert "holds no article of https://example.org/" in said


def test_a_running_crawl_does_not_delay_a_withdrawal(archive: Archive, crawled: Crawled) -> None:
    article = one_of(archive)
    with archive.lock(article["outlet"], "a crawl"):
        said = zancrawler("withdraw", article["url"], *BY, "--archive", archive.root)
    assert "when the running crawl ends" in said
    assert Decisions.read(archive).is_withdrawn(article["article_id"])
    end = ("--archive", archive.root, "--outlets", crawled.newsroom.catalogue)
    zancrawler("crawl", article["outlet"], *end)
    assert not holders(archive.tables, longest_sentence(article["text"]))


def test_a_purge_that_was_stopped_is_finished_by_calling_it_again(
    archive: Archive, crawled: Crawled
) -> None:
    article = one_of(archive)
    end = ("--archive", archive.root, "--outlets", crawled.newsroom.catalogue)
    zancrawler("withdraw", article["url"], *BY, *end)
    # Stopped when the WARCs were rewritten, and neither index nor table nor list was. The log says
    # that they were to be.
    before = archive.root.parent / "before"
    for name in ("tables", "cdxj", "proofs"):
        shutil.copytree(archive.root / name, before / name)
    decided = archive.withdrawn.read_text()
    zancrawler("withdraw", article["url"], "--purge", *BY, *end)
    entries = archive.proof_log.read_bytes().splitlines(keepends=True)
    for name in ("tables", "cdxj", "proofs"):
        shutil.rmtree(archive.root / name)
        shutil.copytree(before / name, archive.root / name)
    with archive.proof_log.open("ab") as log:
        log.writelines(entry for entry in entries if b'"kind":"purge"' in entry)
    archive.withdrawn.write_text(decided)
    zancrawler("verify", *end, code=1)
    again = json.loads(zancrawler("withdraw", article["url"], "--purge", *BY, *end, "--json"))
    assert again["exchanges"] > 0
    zancrawler("verify", *end)
    assert article["article_id"] not in {key[0] for key in rows(archive, "articles")}
    # Stopped when the rows were gone, and the list did not say so yet.
    archive.withdrawn.write_text(decided)
    zancrawler("withdraw", article["url"], "--purge", *BY, *end)
    assert [decision.action for decision in history(archive)][-1] is Action.PURGE


def test_a_restoration_shows_no_more_than_before(archive: Archive, crawled: Crawled) -> None:
    from zancrawler.tables import Access, Tables

    article = one_of(archive)
    with archive.lock(article["outlet"], "a test"):
        Tables(archive, article["outlet"]).mark([article["article_id"]], access=Access.HELD)
    end = ("--archive", archive.root, "--outlets", crawled.newsroom.catalogue)
    zancrawler("withdraw", article["url"], *BY, *end)
    zancrawler("withdraw", article["url"], "--restore", *BY, *end)
    assert rows(archive, "articles")[(article["article_id"],)]["access"] == "held"
    zancrawler("holds", "release", article["url"], *BY, *end)
    zancrawler("withdraw", article["url"], *BY, *end)
    zancrawler("withdraw", article["url"], "--restore", *BY, *end)
    assert rows(archive, "articles")[(article["article_id"],)]["access"] == "open"


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_text("no database")])
def test_without_the_ledger_it_is_hidden_all_the_same_and_nothing_is_packed(
    archive: Archive, crawled: Crawled, harm: Callable[[Path], object]
) -> None:
    article = one_of(archive)
    name, catalogue = article["outlet"], crawled.catalogue
    harm(archive.ledger(name))
    found = withdrawing.find(archive, catalogue, article["url"])
    (decided,) = withdrawing.withdraw(archive, found, reason="safety", by="steward")
    assert decided.progress is withdrawing.Progress.NO_LEDGER
    assert not holders(archive.tables, longest_sentence(article["text"]))
    assert not holders(archive.tables, article["title"])
    assert len([row for row in table(archive, "coverage") if row["outlet"] == name]) > 20
    package = archive.root.parent / "package.wacz"
    with pytest.raises(ArchiveError, match="rebuild --ledger"):
        export_wacz(archive, Asked(), package)
    with pytest.raises(ArchiveError, match="rebuild --ledger"):
        withdrawing.restore(archive, found, catalogue, reason="safety", by="steward")
    archive.ledger(name).unlink(missing_ok=True)
    rebuild_ledger(archive, catalogue.get(name))
    export_wacz(archive, Asked(), package)
    withdrawing.restore(archive, found, catalogue, reason="safety", by="steward")
    assert rows(archive, "articles")[(article["article_id"],)] == article


def test_a_decision_needs_a_reason_and_somebody(archive: Archive) -> None:
    article = one_of(archive)
    for said in (("--reason", "safety", "--by", ""), ("--reason", " ", "--by", "me")):
        zancrawler("withdraw", article["url"], *said, "--archive", archive.root, code=2)
    assert not archive.withdrawn.exists()
