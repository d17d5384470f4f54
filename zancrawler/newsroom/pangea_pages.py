"""The pages of the Pangea-like outlet, in the image of RFE/RL's and VOA's.

Above every page stands the clock of the visit. Pashto pages are those of an older release: they say
nothing for machines but the time of their `time` element.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from zancrawler.newsroom.answer import address
from zancrawler.newsroom.article import Article
from zancrawler.newsroom.calendar import KABUL, full_date, persian_digits
from zancrawler.newsroom.markup import Html, fill, joined, markup
from zancrawler.newsroom.masthead import Masthead
from zancrawler.newsroom.prose import prose

CODES = {"fa-AF": "prs", "ps": "ps", "en": "en"}
"""As the platform names languages in `<html lang>`."""


@dataclass(frozen=True, slots=True)
class Words:
    """The template's own words in one language."""

    skip: str
    about: str
    also: str
    related: str
    more: str
    wait: str
    no_media: str
    clock: str


WORDS = {
    "fa-AF": Words(
        skip="رفتن به مطلب اصلی",
        about="درباره ما",
        also="بیشتر در این باره:",
        related="گزارش‌های دیگر",
        more="بیشتر",
        wait="لطفاً منتظر باشید",
        no_media="هیچ منبع صوتی فعلاً در دسترس نیست",
        clock="{} کابل {}",
    ),
    "ps": Words(
        skip="اصلي متن ته ورشئ",
        about="زموږ په اړه",
        also="په دې اړه نور:",
        related="نور راپورونه",
        more="نور",
        wait="مهرباني وکړئ انتظار وکړئ",
        no_media="اوس مهال د رسنیو سرچینه نشته",
        clock="{} کابل {}",
    ),
    "en": Words(
        skip="Skip to main content",
        about="About Us",
        also="SEE ALSO:",
        related="More Stories",
        more="Load more",
        wait="please wait",
        no_media="No media source currently available",
        clock="{} Kabul {}",
    ),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page of the site needs to know."""

    masthead: Masthead
    home: str
    now: datetime
    zones: dict[str, str]
    """Section to number."""


def picture(image: str) -> str:
    return f"/pictures/{image}_w1080.png"


def number(article: Article) -> str:
    """The site's own number of the story: all that its address needs."""
    return article.path.rsplit("/", 1)[1].removesuffix(".html")


def article_page(
    frame: Frame, article: Article, also: Article | None, related: list[Article]
) -> str:
    words, url = WORDS[article.language], address(frame.home, article.path)
    head = fill(
        "pangea/article_head.html",
        site=frame.masthead.title,
        title=article.title,
        description=article.subtitle or article.text[:160],
        tags=", ".join(article.tags),
        url=url,
        image=frame.home + picture(article.image),
        data=Html() if article.language == "ps" else _data(frame, article, url),
    )
    body = fill(
        "pangea/article.html",
        zone=frame.zones[article.section],
        section=article.section,
        title=article.title,
        stamp=_stamp(article),
        date=full_date(article.published, article.language),
        authors=joined([_author(name) for name in article.authors]),
        cover=picture(article.image),
        credit=article.credit or "",
        caption=article.credit_label + (article.credit or ""),
        intro=_intro(article),
        content=joined(_content(article, also)),
        related_label=words.related,
        related=_teasers(related),
    )
    return shell(frame, article.language, head, body)


def _stamp(article: Article) -> str:
    return article.published.astimezone(KABUL).isoformat(timespec="seconds")


def _author(name: str) -> Html:
    return markup(
        '<li class="links__item"><a class="links__item-link" href="/author/$name/12" '
        'title="$name">$name</a></li>',
        name=name,
    )


def _intro(article: Article) -> Html:
    if not article.subtitle:
        return Html()
    return markup('<div class="intro m-t-md"><p>$text</p></div>', text=article.subtitle)


def _content(article: Article, also: Article | None) -> list[Html]:
    """The body, with a player before it and a link to another story in the midst of it."""
    words = WORDS[article.language]

    def figure(image: str, caption: str, credit: str) -> Html:
        return fill("pangea/figure.html", address=picture(image), caption=caption, credit=credit)

    pieces = prose(article, figure)
    if also is not None:
        link = fill("pangea/also_read.html", path=also.path, title=also.title, label=words.also)
        pieces.insert(len(pieces) // 2, link)
    player = fill(
        "pangea/player.html",
        title=article.title,
        wait=words.wait,
        none=words.no_media,
        number=number(article),
    )
    return [player, *pieces]


def _data(frame: Frame, article: Article, url: str) -> Html:
    """JSON-LD, with the platform's own form of time: a blank for the T."""
    value = {
        "articleSection": article.section,
        "isAccessibleForFree": True,
        "headline": article.title,
        "inLanguage": CODES[article.language],
        "keywords": ", ".join(article.tags),
        "author": {"@type": "Person", "name": ", ".join(article.authors)},
        "datePublished": f"{article.published:%Y-%m-%d %H:%M:%S}Z",
        "dateModified": f"{article.modified:%Y-%m-%d %H:%M:%S}Z",
        "publisher": {"@type": "NewsMediaOrganization", "name": frame.masthead.title},
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "url": url,
        "mainEntityOfPage": url,
    }
    if len(article.authors) > 1:
        value["author"] = [{"@type": "Person", "name": name} for name in article.authors]
    source = json.dumps(value, ensure_ascii=False).replace("</", "<\\/")
    return markup('<script type="application/ld+json">$data</script>', data=Html(source))


def video_page(frame: Frame, language: str, title: str) -> str:
    """A story that is told by a player alone."""
    words = WORDS[language]
    player = fill("pangea/player.html", title=title, wait=words.wait, none=words.no_media, number=1)
    body = markup(
        '<main class="container"><h1 class="title pg-title">$title</h1>$player</main>',
        title=title,
        player=player,
    )
    return shell(frame, language, _plain_head(title), body)


def listing_page(frame: Frame, title: str, articles: list[Article], more: str) -> str:
    """Teasers; `more` is the path of the next page, or empty."""
    language = frame.masthead.language
    link = markup(
        '<p class="buttons btn--load-more"><a class="link-more" href="$more">$words</a></p>',
        more=more,
        words=WORDS[language].more,
    )
    body = fill(
        "pangea/listing.html",
        title=title,
        teasers=_teasers(articles),
        more=link if more else "",
    )
    return shell(frame, language, _plain_head(title), body)


def plain_page(frame: Frame, title: str, content: Html) -> str:
    body = markup(
        '<div class="container"><h1>$title</h1>$content</div>', title=title, content=content
    )
    return shell(frame, frame.masthead.language, _plain_head(title), body)


def _plain_head(title: str) -> Html:
    return markup("<title>$title</title>", title=title)


def _teasers(articles: list[Article]) -> Html:
    return joined(
        [
            fill(
                "pangea/teaser.html",
                path=each.path,
                title=each.title,
                date=full_date(each.published, each.language),
            )
            for each in articles
        ]
    )


def shell(frame: Frame, language: str, head: Html, body: Html) -> str:
    """What surrounds every page: the time of the visit stands at the top of it."""
    words, now = WORDS[language], frame.now.astimezone(KABUL)
    hour = f"{now:%H:%M}" if language == "en" else persian_digits(f"{now:%H:%M}")
    zones = [
        markup('<li class="nav__item"><a href="/z/$number">$name</a></li>', number=zone, name=name)
        for name, zone in frame.zones.items()
    ]
    return fill(
        "pangea/shell.html",
        lang=CODES[language],
        direction="ltr" if language == "en" else "rtl",
        head=head,
        site=frame.masthead.title,
        home=frame.home,
        skip=words.skip,
        clock=words.clock.format(full_date(frame.now, language), hour),
        zones=joined(zones),
        about=words.about,
        body=body,
    )
