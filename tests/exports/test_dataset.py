"""Releases: what each profile hands on, judged by other people's readers; the same bytes again."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from table_rows import START, capture, sighting

from zancrawler.archive import Archive, ArchiveError
from zancrawler.decisions import Action, Decision, record
from zancrawler.exports.dataset import export_dataset
from zancrawler.exports.lines import FORMULA, write_csv, write_jsonl
from zancrawler.exports.masking import COVER, Names
from zancrawler.exports.profile import Profile
from zancrawler.exports.rows import Wanted
from zancrawler.exports.scratch import holding
from zancrawler.exports.sharing import Sharing
from zancrawler.outlets import Catalogue
from zancrawler.tables import Access, Tables


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Two outlets: plain stories, one with a mark, one held, one withdrawn, one with a formula."""
    kept = Archive.open(tmp_path / "archive")
    stories = {
        "open-fa": {"title": "نشست در شهر", "text": "مريم‌ کریمی گفت: «می‌رویم.»"},
        "open-en": {"title": "=HYPERLINK(1)", "text": "Maryam Karimi spoke.", "language": "en"},
        "marked": {"title": "Held by police", "sensitivity": ["detention"]},
        "held": {"title": "HELD-TITLE", "text": "HELD-TEXT"},
        "withdrawn": {"title": "GONE-TITLE", "text": "GONE-TEXT"},
    }
    for outlet in ("first", "second"):
        _publish(kept, outlet, stories)
    return kept


def _publish(archive: Archive, outlet: str, stories: dict[str, dict]) -> None:
    warc = f"warc/{outlet}/2026/{outlet}-20260102000000-00000.warc.gz"
    path = archive.root / warc
    path.parent.mkdir(parents=True)
    path.write_bytes(b"the WARC of " + outlet.encode())
    tables = Tables(archive, outlet)
    captures, articles = [], []
    for number, (slug, fields) in enumerate(stories.items()):
        row = capture(number, f"https://{outlet}.example/{slug}", warc_filename=warc)
        fields = {"authors": ["Zahra A."], "tags": [], "text": "Words.", **fields}
        seen = sighting(row, fields.pop("text"), **fields)
        captures.append(row)
        articles.append(seen)
    tables.commit(captures=captures, articles=articles)
    held = next(row["article_id"] for row in articles if row["title"] == "HELD-TITLE")
    tables.mark([held], access=Access.HELD)
    gone = next(row for row in articles if row["title"] == "GONE-TITLE")
    decision = Decision(
        Action.WITHDRAW, gone["article_id"], outlet, gone["canonical_url"], START, "me", "safety"
    )
    record(archive, [decision])


def wanted(profile: Profile, names: list[str] | None = None, **more: object) -> Wanted:
    return Wanted(Sharing(profile, Names.of(names or [])), **more)


def released(archive: Archive, tmp_path: Path, profile: Profile, **more: object) -> Path:
    out = tmp_path / f"release-{profile.value}"
    export_dataset(archive, Catalogue.open(), wanted(profile, **more), out)
    return out


def everything(folder: Path) -> str:
    """All that a reader can find in it."""
    rows = [str(pq.read_table(path).to_pylist()) for path in sorted(folder.rglob("*.parquet"))]
    texts = [p.read_text() for p in folder.rglob("*") if p.is_file() and p.suffix != ".parquet"]
    return "\n".join(rows + texts)


@pytest.mark.parametrize("profile", Profile)
def test_what_is_held_or_withdrawn_is_in_no_release(
    archive: Archive, tmp_path: Path, profile: Profile
) -> None:
    found = everything(released(archive, tmp_path, profile))
    assert "نشست" in found
    for hidden in ("HELD-TITLE", "HELD-TEXT", "GONE-TITLE", "GONE-TEXT"):
        assert hidden not in found


def test_the_private_profile_has_every_column(archive: Archive, tmp_path: Path) -> None:
    rows = pd.read_parquet(released(archive, tmp_path, Profile.PRIVATE) / "data" / "articles")
    assert len(rows) == 6
    assert set(rows["outlet"]) == {"first", "second"}
    assert rows["authors"].map(list).tolist()[0] == ["Zahra A."]


def test_the_research_profile_names_nobody(archive: Archive, tmp_path: Path) -> None:
    out = released(archive, tmp_path, Profile.RESEARCH, names=["مریم کریمی", "Maryam Karimi"])
    found = everything(out)
    assert "Zahra A." not in found and "کریمی" not in found and "Karimi" not in found
    rows = duckdb.sql(f"SELECT * FROM read_parquet('{out}/data/articles/*.parquet')").df()
    assert len(rows) == 4 and not {"authors", "images", "sensitivity"} & set(rows.columns)
    persian = rows[rows["language"] != "en"]["text"].tolist()
    assert persian == [f"{COVER} گفت: «می‌رویم.»"] * 2
    assert all("masked" in codes for codes in rows["warnings"])


def test_no_url_names_who_is_masked(archive: Archive, tmp_path: Path) -> None:
    slug = "دیدار-با-مریم-کریمی"
    warc = next((archive.root / "warc" / "first").rglob("*.warc.gz"))
    name = archive.relative(warc)
    row = capture(9, f"https://first.example/{quote(slug)}", warc_filename=name)
    more = {"links": [f"https://a.example/{slug}", "https://a.example/b"]}
    Tables(archive, "first").commit(captures=[row], articles=[sighting(row, "Words.", **more)])
    out = released(archive, tmp_path, Profile.RESEARCH, names=["مریم کریمی"])
    found = everything(out)
    assert "کریمی" not in found and quote("کریمی") not in found
    assert COVER in pd.read_parquet(out / "data" / "articles")["url"].tolist()


def test_a_name_in_the_genitive_is_covered() -> None:
    assert Names.of(["فاطمه احمدی"]).cover("نامهٔ فاطمهٔ احمدی") == f"نامهٔ {COVER}"


def test_the_metadata_profile_has_no_text(archive: Archive, tmp_path: Path) -> None:
    out = released(archive, tmp_path, Profile.METADATA)
    rows = pl.read_parquet(out / "data" / "articles" / "*.parquet")
    assert rows.height == 4 and not {"text", "description", "links"} & set(rows.columns)
    assert {"title", "date_published", "text_digest", "warc_filename"} <= set(rows.columns)


def contents(folder: Path) -> dict[Path, bytes]:
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_release_made_twice_is_the_same(archive: Archive, tmp_path: Path) -> None:
    one = released(archive, tmp_path / "a", Profile.RESEARCH)
    two = released(archive, tmp_path / "b", Profile.RESEARCH)
    files = [
        {p.relative_to(f): p.read_bytes() for p in f.rglob("*") if p.is_file()} for f in (one, two)
    ]
    assert files[0] == files[1]
    subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=one, check=True)


KILLED = """
import os, signal, sys
from pathlib import Path
from zancrawler.archive import Archive
from zancrawler.exports import dataset
from zancrawler.exports.masking import Names
from zancrawler.exports.profile import Profile
from zancrawler.exports.sharing import Sharing
from zancrawler.exports.rows import Wanted
from zancrawler.outlets import Catalogue

def killed(*given):
    os.kill(os.getpid(), signal.SIGKILL)

dataset.require_same = killed
wanted = Wanted(Sharing(Profile.PRIVATE, Names.of([])))
dataset.export_dataset(Archive(Path(sys.argv[1])), Catalogue.open(), wanted, Path(sys.argv[2]))
"""


def test_what_a_killed_export_leaves_is_gone_with_the_next(
    archive: Archive, tmp_path: Path
) -> None:
    for out in (tmp_path / "release-private", archive.root / "datasets" / "first"):
        command = [sys.executable, "-c", KILLED, archive.root, out]
        done = subprocess.run(command, timeout=300, check=False, capture_output=True)
        assert done.returncode == -signal.SIGKILL, done.stderr
    left = [*tmp_path.rglob(".*.tmp")]
    assert len(left) == 2 and "نشست" in everything(left[0])
    going_on = archive.root / "datasets" / ".third.1.tmp"
    going_on.mkdir()
    with holding(going_on):
        released(archive, tmp_path, Profile.PRIVATE)
    assert list(tmp_path.rglob(".*.tmp")) == [going_on]


def test_the_warcs_are_named_with_their_digests(archive: Archive, tmp_path: Path) -> None:
    out = released(archive, tmp_path, Profile.RESEARCH)
    with (out / "warcs.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2
    for row in rows:
        data = (archive.root / row["warc_filename"]).read_bytes()
        assert row["sha256"] == hashlib.sha256(data).hexdigest()


def test_the_card_says_what_is_in_it(archive: Archive, tmp_path: Path) -> None:
    text = (released(archive, tmp_path, Profile.RESEARCH) / "README.md").read_text()
    _, front, body = text.split("---\n", 2)
    head = yaml.safe_load(front)
    assert head["configs"][0] == {
        "config_name": "articles",
        "data_files": "data/articles/*.parquet",
        "default": True,
    }
    assert head["language"] == ["en", "fa"]
    assert "4 articles of 2 newsrooms" in body
    assert "`text_digest`" in body and "`authors`" not in body


def test_the_citation_is_yaml(archive: Archive, tmp_path: Path) -> None:
    text = (released(archive, tmp_path, Profile.RESEARCH) / "CITATION.cff").read_text()
    cited = yaml.safe_load(text)
    assert cited["cff-version"] == "1.2.0" and cited["type"] == "dataset"
    assert [author["name"] for author in cited["authors"]] == ["first", "second"]


def test_an_embargo_leaves_out_what_is_young(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="nothing to release"):
        export_dataset(
            archive, Catalogue.open(), wanted(Profile.RESEARCH, until=START), tmp_path / "out"
        )
    assert not list(tmp_path.glob("*out*"))


def test_a_folder_that_is_not_empty_is_left_alone(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="not empty"):
        export_dataset(archive, Catalogue.open(), wanted(Profile.RESEARCH), archive.root)


def test_json_lines_hold_the_text_as_it_is(archive: Archive) -> None:
    file = io.StringIO()
    assert write_jsonl(archive, wanted(Profile.PRIVATE, languages=("fa-AF",)), file) == 4
    rows = [json.loads(line) for line in file.getvalue().splitlines()]
    assert "مريم‌ کریمی گفت: «می‌رویم.»" in [row["text"] for row in rows]


def test_no_cell_of_the_csv_is_a_formula(archive: Archive) -> None:
    file = io.StringIO()
    assert write_csv(archive, wanted(Profile.PRIVATE), file) == 6
    rows = list(csv.DictReader(io.StringIO(file.getvalue())))
    assert {row["title"] for row in rows if row["language"] == "en"} == {"'=HYPERLINK(1)"}
    assert not [c for row in rows for c in row.values() if c.startswith(FORMULA)]
    assert json.loads(rows[0]["authors"]) == ["Zahra A."]


@pytest.mark.parametrize(
    "spelling",
    [
        "مریم کریمی",
        "مريم كريمي",
        "مریم‌ کریمی",
        "مــریم  کریمی",
        "مَریم\u00a0کریمی",
        "مریم\u200fکریمی",
        "مریم_کریمی",
        "مریم\u00adکریمی",
        "مریم¬کریمی",
        "مر\u00adیم کریمی",
    ],
)
def test_a_name_is_covered_in_any_spelling(spelling: str) -> None:
    names = Names.of(["مریم کریمی"])
    assert names.cover(f"«{spelling}» گفت") == f"«{COVER}» گفت"
    assert names.cover("مریم کریمیان") == "مریم کریمیان"


@given(st.lists(st.text(max_size=12), max_size=5), st.text(max_size=60))
def test_any_list_of_names_can_be_used(names: list[str], text: str) -> None:
    covered = Names.of([name.strip() for name in names]).cover(text)
    assert isinstance(covered, str)


@pytest.mark.slow
def test_other_peoples_readers_accept_a_release(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    import frictionless
    import mlcroissant
    from datasets import load_dataset

    out = released(archive, tmp_path, Profile.RESEARCH)
    report = frictionless.validate(str(out / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])
    described = mlcroissant.Dataset(str(out / "croissant.json"))
    assert not described.metadata.issues.errors
    assert len(list(described.records("articles"))) == 4
    loaded = load_dataset(str(out), "articles", cache_dir=str(tmp_path / "cache"))["train"]
    assert sorted(loaded["outlet"]) == ["first", "first", "second", "second"]
