"""The ground truth: what a crawler of the newsroom must find, article by article."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zancrawler.newsroom.answer import address
from zancrawler.newsroom.article import Article, BlockKind, CreditPlace
from zancrawler.newsroom.calendar import iso_utc
from zancrawler.newsroom.edition import Edition, Presence, Standing
from zancrawler.newsroom.site import Site


@dataclass(frozen=True, slots=True)
class TruthImage:
    url: str
    """Of the original."""
    caption: str | None
    credit: str | None


@dataclass(frozen=True, slots=True)
class TruthArticle:
    """One article on one day. Times are ISO 8601, UTC; languages BCP 47.

    `text` is the body without title, credit line and captions: headings, paragraphs and quotations
    parted by a blank line, the items of a list one a line.
    """

    id: str
    outlet: str
    url: str
    """The canonical one, percent-encoded."""
    title: str
    subtitle: str | None
    authors: tuple[str, ...]
    date_published: str
    date_precision: str
    """`second`; or `minute`, or `day` in Kabul, where the page itself tells no more."""
    date_modified: str
    """As the outlet's sitemap and structured data have it; not every page shows it."""
    language: str
    section: str
    tags: tuple[str, ...]
    credit: str | None
    """Of the lead picture, without its label."""
    text: str
    images: tuple[TruthImage, ...]
    """The lead picture first."""
    translations: tuple[tuple[str, str], ...]
    """Language and URL."""
    n_versions: int
    """Distinct titles and texts so far, as they stood at the ends of the days."""
    presence: Presence

    @classmethod
    def from_json(cls, value: dict[str, object]) -> TruthArticle:
        fields: dict[str, object] = {
            name: tuple(each) if isinstance(each, list) else each for name, each in value.items()
        }
        images, translations = value["images"], value["translations"]
        if not isinstance(images, list) or not isinstance(translations, list):
            raise ValueError("images and translations of a truth article are lists")
        fields["images"] = tuple(TruthImage(**each) for each in images)
        fields["translations"] = tuple((language, url) for language, url in translations)
        fields["presence"] = Presence(str(value["presence"]))
        return cls(**fields)  # type: ignore[arg-type]


def true_articles(
    edition: Edition, homes: Mapping[str, str], sites: Mapping[str, Site]
) -> list[TruthArticle]:
    """Every article ever published until the edition's day, newest first."""
    return [
        _true(each, edition, homes[each.article.outlet], sites[each.article.outlet])
        for each in edition.standings
    ]


def _true(standing: Standing, edition: Edition, home: str, site: Site) -> TruthArticle:
    article = standing.article
    return TruthArticle(
        id=article.id,
        outlet=article.outlet,
        url=address(home, article.path),
        title=article.title,
        subtitle=article.subtitle,
        authors=article.authors,
        date_published=iso_utc(article.published),
        date_precision=site.precision(article),
        date_modified=iso_utc(article.modified),
        language=article.language,
        section=article.section,
        tags=article.tags,
        credit=article.credit,
        text=article.text,
        images=tuple(_images(article, home, site)),
        translations=tuple(
            (each.language, address(home, each.path)) for each in edition.translations(article)
        ),
        n_versions=standing.n_versions,
        presence=standing.presence,
    )


def _images(article: Article, home: str, site: Site) -> list[TruthImage]:
    captioned = article.credit_place is CreditPlace.CAPTION
    lead = home + site.picture(article, article.image)
    figures = [
        TruthImage(home + site.picture(article, image), caption or None, credit or None)
        for image, caption, credit in (
            block.lines for block in article.blocks if block.kind is BlockKind.FIGURE
        )
    ]
    return [TruthImage(lead, None, article.credit if captioned else None), *figures]
