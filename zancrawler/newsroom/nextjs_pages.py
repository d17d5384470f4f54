"""The pages of the Next.js-like outlet: React rendered on the server, class names that are hashes.

The standfirst is the first paragraph, once more. After the article the next story follows in the
same page, as it would when the reader scrolls on. English pages have JSON-LD; the others say what
they say in their elements.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from zancrawler.newsroom.answer import address
from zancrawler.newsroom.article import Article
from zancrawler.newsroom.calendar import KABUL, iso_utc, persian_digits, solar_hijri
from zancrawler.newsroom.frame import Frame
from zancrawler.newsroom.markup import Html, fill, joined, markup
from zancrawler.newsroom.prose import prose

CODES = {"fa-AF": "fa-AF", "ps": "ps", "en": "en"}
NATIVE = {"fa-AF": "فارسی", "ps": "پښتو", "en": "English"}
BUILD = "tq7VnRrcEyK0j"


@dataclass(frozen=True, slots=True)
class Words:
    """The template's own words in one language."""

    share: str
    also: str


WORDS = {
    "fa-AF": Words(share="همرسانی", also="پربیننده‌ترین‌ها"),
    "ps": Words(share="شریک کړئ", also="تر ټولو ډېر لوستل شوي"),
    "en": Words(share="Share", also="Most read"),
}


def picture(image: str) -> str:
    return f"/images/{image}.png"


def number(article: Article) -> str:
    return article.path.rstrip("/").rsplit("/", 1)[1]


def standfirst(article: Article) -> str:
    """The first paragraph, which the body has again."""
    return article.text.split("\n", 1)[0]


def topic_path(frame: Frame, language: str, section: str) -> str:
    return f"{frame.masthead.prefixes[language]}/topics/{section.lower().replace(' ', '-')}"


def shown_date(article: Article) -> str:
    """`Thursday, 08/28/2025`, or Solar Hijri in figures: `۱۴۰۴/۶/۶`."""
    day: date = article.published.astimezone(KABUL).date()
    if article.language == "en":
        return f"{day:%A, %m/%d/%Y}"
    return persian_digits("/".join(str(part) for part in solar_hijri(day)))


def article_page(
    frame: Frame, article: Article, translations: list[Article], following: list[Article]
) -> str:
    """`following` are the stories that come next; the first of them stands whole in the page."""
    url = address(frame.home, article.path)
    versions = [article, *translations] if translations else []
    head = fill(
        "nextjs/article_head.html",
        site=frame.masthead.title,
        title=article.title,
        standfirst=standfirst(article),
        url=url,
        image=frame.home + picture(article.image),
        section=article.section,
        alternates=joined(
            [
                markup(
                    '<link rel="alternate" hrefLang="$code" href="$url"/>',
                    code=CODES[each.language],
                    url=address(frame.home, each.path),
                )
                for each in versions
            ]
        ),
        posting=_posting(frame, article, url) if article.language == "en" else "",
    )
    body = joined([_article(frame, each, following) for each in (article, *following[:1])])
    props: dict[str, object] = {
        "article": _props(article),
        "related": [_props(each) for each in following],
    }
    return shell(frame, article.language, head, body, props)


def _article(frame: Frame, article: Article, also: list[Article]) -> Html:
    words, language = WORDS[article.language], article.language

    def figure(image: str, caption: str, credit: str) -> Html:
        return fill("nextjs/figure.html", address=picture(image), caption=caption, credit=credit)

    authors = [
        markup(
            '<a class="css-7p" rel="author" href="$prefix/authors/$name">$name</a>',
            prefix=frame.masthead.prefixes[language],
            name=name,
        )
        for name in article.authors
    ]
    return fill(
        "nextjs/article.html",
        number=number(article),
        topic=topic_path(frame, language, article.section),
        section=article.section,
        title=article.title,
        standfirst=standfirst(article),
        authors=joined(authors),
        stamp=iso_utc(article.published),
        date=shown_date(article),
        cover=picture(article.image),
        credit=article.credit or "",
        caption=article.credit_label + (article.credit or ""),
        share=words.share,
        content=joined(prose(article, figure)),
        also_label=words.also,
        also=_teasers(also),
    )


def _props(article: Article) -> dict[str, object]:
    """What React is handed: the story once more, in full."""
    return {
        "id": number(article),
        "headline": article.title,
        "publishedAt": iso_utc(article.published),
        "authors": [{"name": name} for name in article.authors],
        "body": [{"type": "paragraph", "text": text} for text in article.text.split("\n\n")],
    }


def _posting(frame: Frame, article: Article, url: str) -> Html:
    value = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": {"@type": "WebPage", "@id": url},
        "headline": article.title,
        "inLanguage": CODES[article.language],
        "datePublished": iso_utc(article.published),
        "dateModified": iso_utc(article.modified),
        "author": [{"@type": "Person", "name": name} for name in article.authors],
        "publisher": {"@type": "Organization", "name": frame.masthead.title},
        "image": [frame.home + picture(article.image)],
    }
    return markup('<script type="application/ld+json">$data</script>', data=_json(value))


def listing_page(frame: Frame, language: str, title: str, articles: list[Article]) -> str:
    form = '<h1 class="css-8hd">$title</h1><ul class="css-uls">$teasers</ul>'
    body = markup(form, title=title, teasers=_teasers(articles))
    return shell(frame, language, _plain_head(frame, title), body, {"title": title})


def plain_page(frame: Frame, title: str, text: str) -> str:
    body = markup(
        '<h1 class="css-8hd">$title</h1><p class="css-t1">$text</p>', title=title, text=text
    )
    head = _plain_head(frame, title)
    return shell(frame, frame.masthead.language, head, body, {"title": title})


def _plain_head(frame: Frame, title: str) -> Html:
    form = '<title>$title | $site</title><meta property="og:type" content="website"/>'
    return markup(form, title=title, site=frame.masthead.title)


def _teasers(articles: list[Article]) -> Html:
    return joined(
        [
            fill("nextjs/teaser.html", path=each.path, title=each.title, standfirst=each.text[:120])
            for each in articles
        ]
    )


def shell(frame: Frame, language: str, head: Html, body: Html, props: dict[str, object]) -> str:
    """What surrounds every page."""
    editions = [
        markup('<a class="css-7p" href="$prefix">$native</a>', prefix=prefix, native=NATIVE[each])
        for each, prefix in frame.masthead.prefixes.items()
    ]
    sections = [
        markup(
            '<a class="css-7p" href="$path">$name</a>',
            path=topic_path(frame, language, each),
            name=each,
        )
        for each in frame.sections.get(language, [])
    ]
    data = {"props": {"pageProps": props}, "page": "/[...slug]", "buildId": BUILD}
    return fill(
        "nextjs/shell.html",
        lang=CODES[language],
        direction="ltr" if language == "en" else "rtl",
        head=head,
        site=frame.masthead.title,
        prefix=frame.masthead.prefixes[language],
        editions=Html("".join(editions)),
        sections=Html("".join(sections)),
        body=body,
        data=_json(data),
    )


def _json(value: object) -> Html:
    return Html(json.dumps(value, ensure_ascii=False).replace("</", "<\\/"))
