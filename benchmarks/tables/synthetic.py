"""Made articles in Dari, Pashto and English, as large and as repetitive as real ones.

Words are made of each language's letters, phrases of words and texts of phrases, the latter two
drawn by Zipf's law. zstd 3 makes about a third of such a text, as of real ones.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from typing import Any

LETTERS = {
    "fa-AF": "اااانننیییرررهههدددتتممووسسشبزلکگفقخحعجپصطغضذئثآ\u200c",
    "ps": "اااهههووولللررردددننموکسپښيېۍړځڅټډږګبتخشغزفحقجعچ",
    "en": "eeeeeetttaaaooonnniiisssrrhhldducmfpgwybvkxjqz",
}
"""As often as they occur, roughly."""
SHARES = {"fa-AF": 0.55, "ps": 0.2, "en": 0.25}
SECTIONS = ["politics", "society", "women", "culture", "economy", "world", "reports", "opinion"]
START = datetime(2019, 1, 1, tzinfo=UTC)
YEARS = 7
EXCHANGE = 40_000
"""Bytes of a page's exchange in the WARC."""


class Prose:
    """A language of which any amount of text can be drawn."""

    def __init__(self, letters: str, chance: random.Random) -> None:
        words = ["".join(chance.choices(letters, k=chance.randint(2, 8))) for _ in range(40_000)]
        frequency = _zipf(len(words), 0.5)
        self._chance = chance
        self._phrases = [
            " ".join(chance.choices(words, cum_weights=frequency, k=chance.randint(1, 4)))
            for _ in range(100_000)
        ]
        self._frequency = _zipf(len(self._phrases), 0.2)

    def phrases(self, count: int) -> str:
        return " ".join(self._chance.choices(self._phrases, cum_weights=self._frequency, k=count))

    def text(self) -> str:
        paragraphs = self._chance.randint(4, 12)
        return "\n\n".join(
            self.phrases(self._chance.randint(12, 30)) + "." for _ in range(paragraphs)
        )


def _zipf(count: int, exponent: float) -> list[float]:
    return list(accumulate(rank**-exponent for rank in range(1, count + 1)))


def pages(outlet: str, seed: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Captures of an outlet in the order of their time, each with the article that it shows.

    One in seven shows an older article again, edited.
    """
    chance = random.Random(f"{outlet}{seed}")
    prose = {language: Prose(letters, chance) for language, letters in LETTERS.items()}
    for number in range(10**9):
        again = number > 10 and chance.random() < 0.15
        slug = chance.randrange(max(0, number - 3000), number) if again else number
        language = random.Random(slug).choices(list(SHARES), list(SHARES.values()))[0]
        yield page(outlet, number, slug, language, prose[language], chance)


def page(
    outlet: str, number: int, slug: int, language: str, prose: Prose, chance: random.Random
) -> tuple[dict[str, Any], dict[str, Any]]:
    fetched = START + timedelta(minutes=number * YEARS * 525_000 // 50_000)
    published = START + timedelta(minutes=slug * YEARS * 525_000 // 50_000 - 90)
    path = "-".join(prose.phrases(2).split()) + f"-{slug}"
    url = f"https://www.{outlet}.org/{language[:2]}/post/{slug // 100}/{slug}-{path[:40]}"
    canonical = f"https://www.{outlet}.org/{language[:2]}/post/{slug // 100}/{slug}"
    title, text = prose.phrases(4), prose.text()
    warc = f"{outlet}-{fetched:%Y%m}01000000-00000.warc.gz"
    pointers = {
        "url": url,
        "url_surtkey": f"org,{outlet})/{url.partition('.org/')[2]}",
        "fetch_time": fetched,
        "fetch_status": 200,
        "warc_filename": f"warc/{outlet}/{fetched:%Y}/{warc}",
        "warc_record_offset": number * EXCHANGE + 600,
        "warc_record_length": EXCHANGE - 900 - chance.randrange(9000),
        "warc_record_id": f"<urn:uuid:{chance.randbytes(16).hex()}>",
        "content_digest": f"sha256:{chance.randbytes(26).hex().upper()}",
        "crawl_id": f"{outlet}-{fetched:%Y%m%d}000000",
    }
    article_id = hashlib.sha256(canonical.encode()).hexdigest()[:20]
    digest = "sha256:" + hashlib.sha256(f"{title}\n\n{text}".encode()).hexdigest()
    capture = pointers | {
        "exchange_offset": number * EXCHANGE,
        "exchange_length": EXCHANGE,
        "url_host_name": f"www.{outlet}.org",
        "content_mime_type": "text/html; charset=utf-8",
        "warc_type": "response",
        "page_kind": "article",
        "article_id": article_id,
        "text_digest": digest,
    }
    article = pointers | {
        "article_id": article_id,
        "canonical_url": canonical,
        "title": title,
        "authors": [prose.phrases(1)],
        "date_published": published if chance.random() < 0.95 else None,
        "date_published_raw": f"{published:%d %B %Y}",
        "date_calendar": "gregorian",
        "date_source": "jsonld",
        "language": language,
        "language_score": 0.99,
        "section": chance.choice(SECTIONS),
        "tags": [chance.choice(SECTIONS), prose.phrases(1)],
        "description": text[:160],
        "text": text,
        "text_normalized": text.replace("\u200c", " ").lower(),
        "word_count": len(text.split()),
        "images": [{"url": f"{canonical}/{chance.randrange(10**9)}.jpg", "caption": title}],
        "links": [f"https://www.{outlet}.org/{chance.randrange(10**6)}" for _ in range(3)],
        "text_digest": digest,
        "simhash": chance.getrandbits(64) - 2**63,
        "extractor": "zancrawler",
        "extractor_version": "0.1.0",
        "warnings": [],
    }
    return capture, article


def batches(
    outlet: str, count: int, size: int, seed: int = 0
) -> Iterator[list[tuple[dict[str, Any], dict[str, Any]]]]:
    source = islice(pages(outlet, seed), count)
    while batch := list(islice(source, size)):
        yield batch
