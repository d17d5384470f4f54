"""URL kinds against samples that a person labelled.

`labelled/<outlet>.tsv` holds bare URLs from lists of real ones, each with what it is by its look:
article, listing, media, other, foreign. How each sample was drawn stands at its head.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from zancrawler.outlets import Catalogue, UrlKind, canonical_url, host_of, url_kind

SAMPLES = sorted((Path(__file__).parent / "labelled").glob("*.tsv"))


def read(sample: Path) -> list[tuple[UrlKind, str]]:
    lines = sample.read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if not line.startswith("#"))
    return [(UrlKind(label), url) for label, url in pairs]


def test_there_are_samples_of_the_size_they_claim() -> None:
    sizes = {sample.stem: len(read(sample)) for sample in SAMPLES}
    assert len(sizes) >= 14
    assert sum(sizes.values()) >= 800
    for name in ("khaama", "mashaal", "pajhwok", "tolonews", "voa-deewa", "voa-pashto"):
        assert sizes[name] == 100
    for sample in SAMPLES:
        urls = [url for _, url in read(sample)]
        assert len(urls) == len(set(urls)), sample.stem


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_articles_are_told_from_the_rest(sample: Path) -> None:
    outlet = Catalogue.open().get(sample.stem)
    found = Counter((label, url_kind(url, outlet)) for label, url in read(sample))
    right = found[UrlKind.ARTICLE, UrlKind.ARTICLE]
    labelled = sum(n for (label, _), n in found.items() if label is UrlKind.ARTICLE)
    claimed = sum(n for (_, kind), n in found.items() if kind is UrlKind.ARTICLE)
    precision, recall = right / claimed, right / labelled
    assert precision >= 0.98, found
    assert recall >= 0.95, found
    same = sum(n for (label, kind), n in found.items() if label is kind)
    assert same / sum(found.values()) >= 0.95, found


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_the_canonical_form_changes_nothing(sample: Path) -> None:
    """It is its own canonical form, of the same kind, on the outlet's own host."""
    outlet = Catalogue.open().get(sample.stem)
    for label, url in read(sample):
        canonical = canonical_url(url, outlet)
        assert canonical_url(canonical, outlet) == canonical
        assert url_kind(canonical, outlet) is url_kind(url, outlet)
        assert label is UrlKind.FOREIGN or host_of(canonical) == host_of(outlet.home)
