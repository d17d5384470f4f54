"""The data card: what a stranger must know before using a release."""

from __future__ import annotations

from collections.abc import Sequence

from zancrawler.exports.profile import Profile
from zancrawler.exports.release import OutletPart, Release
from zancrawler.tables.columns import type_name

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))

_PROFILES = {
    Profile.PRIVATE: "All columns of every article that may be shown. Not for publication.",
    Profile.RESEARCH: (
        "Author names, images and embedded posts are left out, and every article that a "
        "sensitivity rule marked. Names on the archive's list are covered by `█████`; such a row "
        "has the warning `masked`, and its digests are of the text as it was."
    ),
    Profile.METADATA: (
        "Titles, dates, languages, places in the WARCs and digests; no text, no author, no image, "
        "and no article that a sensitivity rule marked."
    ),
}


def card(release: Release) -> str:
    """Markdown, with the YAML front matter of a dataset card."""
    return "\n".join((_front_matter(release), *_body(release)))


def _front_matter(release: Release) -> str:
    size = next((name for limit, name in _SIZES if release.articles < limit), "n>1M")
    # The hub lists languages, not their regions.
    languages = sorted({tag.partition("-")[0] for tag in release.languages if tag != "und"})
    lines = ["---", "license: other", "license_name: in-copyright", "pretty_name: >-"]
    lines += [f"  {release.title}", "language:", *(f"- {tag}" for tag in languages)]
    lines += ["size_categories:", f"- {size}", "configs:"]
    for table in release.tables:
        lines += [f"- config_name: {table}", f"  data_files: data/{table}/*.parquet"]
        lines += ["  default: true"] if table == "articles" else []
    return "\n".join([*lines, "---", ""])


def _body(release: Release) -> list[str]:
    return [
        f"# {release.title}",
        "",
        f"{release.articles} articles of {len(release.outlets)} newsrooms; version "
        f"{release.version}, made by {release.software}, profile `{release.profile.value}`.",
        "",
        _PROFILES[release.profile],
        "",
        "```python",
        "import pandas as pd",
        "",
        'articles = pd.read_parquet("data/articles")',
        "```",
        "",
        *_table(
            "Files",
            ("table", "rows", "what"),
            [
                ("articles", release.rows("articles"), "each article in its latest version"),
                ("versions", release.rows("versions"), "every version of these articles"),
            ],
        ),
        *_table(
            "Outlets",
            ("outlet", "name", "articles", "captured", "rights"),
            [_outlet(part) for part in release.outlets],
        ),
        *_table(
            "Languages",
            ("language (BCP 47)", "articles"),
            list(release.languages.items()),
        ),
        *_method(release),
        *_gaps(release),
        *_table(
            "Coverage per outlet and month",
            ("outlet", "month", "advertised", "held"),
            [(m.outlet, m.month, m.advertised, m.held) for m in release.coverage],
        ),
        *_columns(release),
        *_ethics(release),
    ]


def _outlet(part: OutletPart) -> tuple[object, ...]:
    rights = part.rights.licence or part.rights.holder if part.rights else None
    return (
        part.name,
        f"[{part.title}]({part.home})" if part.home else part.title,
        part.articles,
        f"{part.earliest:%Y-%m-%d} to {part.latest:%Y-%m-%d}",
        rights or "in copyright; nothing was agreed",
    )


def _method(release: Release) -> list[str]:
    embargo = (
        f"Only what was captured before {release.until:%Y-%m-%d} is in." if release.until else ""
    )
    return [
        "## How it was collected",
        "",
        "Every feed, sitemap, listing and public API of each outlet was read at each run; the "
        "articles that they advertised were asked for politely (robots.txt obeyed, one request at "
        "a time, seconds apart), and every answer was written to WARC byte for byte. Text, dates, "
        "languages and the rest were read from those records by rules, with no guess: what is not "
        "known is null. `warc_filename`, `warc_record_offset`, `warc_record_id` and "
        "`content_digest` name the record behind each row; `warcs.csv` names the files. No "
        "comments, profiles or member data were collected. " + embargo,
        "",
    ]


def _gaps(release: Release) -> list[str]:
    advertised = sum(month.advertised for month in release.coverage)
    held = sum(month.held for month in release.coverage)
    names = ("blocked", "disallowed by robots.txt", "gone", "failed", "never tried or other")
    totals = [sum(column) for column in zip(*(m.missing for m in release.coverage), strict=True)]
    listed = ", ".join(f"{n} {name}" for n, name in zip(totals, names, strict=False) if n)
    return [
        "## Known gaps",
        "",
        f"{held} of {advertised} advertised articles are in the archive; not held: "
        f"{listed or 'none'}. `coverage.csv` counts them by outlet and month. What was published "
        "and vanished before the first run, and what no source advertised, is not known. Held and "
        "withdrawn articles are counted and not contained"
        + (
            ", and articles with a sensitivity mark are left out: topics such as detention and "
            "violence are under-represented."
            if release.profile is not Profile.PRIVATE
            else "."
        ),
        "",
    ]


def _columns(release: Release) -> list[str]:
    lines: list[str] = []
    for table in release.tables:
        rows = [
            (f"`{c.name}`", type_name(c.type), c.rdf or "", c.description)
            for c in release.columns[table]
        ]
        lines += _table(f"Columns of `{table}`", ("column", "type", "term", "what it is"), rows)
    return lines


def _ethics(release: Release) -> list[str]:
    return [
        "## Rights and ethics",
        "",
        "The articles belong to their outlets and authors; this release grants no right to them. "
        "Quote, count and compare; do not republish texts without asking. The people in them live "
        "with danger: do not try to find who a pseudonym or a covered name stands for, do not "
        "link these rows with other data about persons, and write to the archive when a row could "
        "hurt somebody. Outlets take stories down to protect people, so a later release may lack "
        "what this one has: use the latest.",
        "",
    ]


def _table(title: str, head: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> list[str]:
    return [
        f"## {title}",
        "",
        "| " + " | ".join(head) + " |",
        "|" + "---|" * len(head),
        *("| " + " | ".join(_cell(value) for value in row) + " |" for row in rows),
        "",
    ]


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")
