"""The pages of the hand-made outlet: tables, fonts, open paragraphs, and nothing for machines."""

from __future__ import annotations

import json
from dataclasses import dataclass

from zancrawler.newsroom.article import Article
from zancrawler.newsroom.calendar import KABUL, full_date
from zancrawler.newsroom.markup import Html, fill, joined, markup
from zancrawler.newsroom.masthead import Masthead
from zancrawler.newsroom.prose import prose

NATIVE = {"fa-AF": "دری", "ps": "پښتو", "en": "English"}
CHARSETS = {"fa-AF": "utf-8", "ps": "utf-8", "en": "windows-1252"}
"""Only the page itself names it: the header of the answer does not."""


@dataclass(frozen=True, slots=True)
class Words:
    """The page's own words in one language."""

    by: str
    older: str
    print: str
    write: str
    album: str


WORDS = {
    "fa-AF": Words("نویسنده: ", "خبرهای پیشین", "چاپ", "نامه به ما", "عکس‌های خواننده‌گان"),
    "ps": Words("لیکوال: ", "پخواني خبرونه", "چاپ", "موږ ته ولیکئ", "د لوستونکو انځورونه"),
    "en": Words("By ", "Older news", "Print", "Write to us", "Readers' pictures"),
}


def picture(image: str) -> str:
    return f"/pics/{image}.png"


def album_path(article: Article) -> str:
    """Where the pictures stand that the article's page shows by a script."""
    return f"/albums/{article.id}.json"


def album(article: Article) -> bytes:
    """Three pictures with captions, as JSON in UTF-8 whatever the page's own charset."""
    shown = [
        {
            "picture": picture(f"album-{article.id}-{number}"),
            "caption": f"{WORDS[article.language].album} {number}: {article.title}",
        }
        for number in (1, 2, 3)
    ]
    return json.dumps(shown, ensure_ascii=False).encode()


def article_page(masthead: Masthead, article: Article) -> bytes:
    language, words = article.language, WORDS[article.language]
    prefix = masthead.prefixes[language]
    english = language == "en"
    day = article.published.astimezone(KABUL).date()
    body = fill(
        "plain/article.html",
        site=masthead.title,
        index=f"{prefix}/",
        shelf=f"{prefix}/index-{article.section.lower()}.html",
        section=article.section,
        title=article.title,
        byline=words.by + (" and " if english else " و ").join(article.authors),
        date=f"{day.day} {day:%B %Y}" if english else full_date(article.published, language),
        side="right" if english else "left",
        cover=picture(article.image),
        caption=article.credit_label + (article.credit or ""),
        content=Html(joined(prose(article, _figure)).replace("</p>", "")),
        print=words.print,
        write=words.write,
        album=fill("plain/album.html", address=album_path(article)),
    )
    return _page(masthead, language, f"{article.title} - {masthead.title}", body)


def _figure(image: str, caption: str, credit: str) -> Html:
    return fill("plain/figure.html", address=picture(image), caption=caption, credit=credit)


def listing_page(
    masthead: Masthead, language: str, title: str, articles: list[Article], older: str
) -> bytes:
    """Headlines; `older` is the path of the next page, or empty."""
    lines = [
        markup('<LI><A HREF="$path">$title</A>', path=each.path, title=each.title)
        for each in articles
    ]
    if older:
        form = '<P ALIGN="center"><A HREF="$older">$words</A>'
        lines.append(markup(form, older=older, words=WORDS[language].older))
    body = markup("<H1>$title</H1><UL>$lines</UL>", title=title, lines=joined(lines))
    return _page(masthead, language, masthead.title, body)


def plain_page(masthead: Masthead, language: str, title: str, text: str) -> bytes:
    body = markup("<H1>$title</H1><P>$text", title=title, text=text)
    return _page(masthead, language, title, body)


def _page(masthead: Masthead, language: str, title: str, body: Html) -> bytes:
    menu = [
        markup('<A HREF="$prefix/">$native</A><BR>', prefix=prefix, native=NATIVE[each])
        for each, prefix in masthead.prefixes.items()
    ]
    about = f"{masthead.prefixes[language]}/about.html"
    menu.append(markup('<A HREF="$about">?</A><BR>', about=about))
    charset = CHARSETS[language]
    html = fill(
        "plain/shell.html",
        charset=charset,
        title=title,
        direction="ltr" if language == "en" else "rtl",
        site=masthead.title if language != "en" else masthead.name,
        menu=joined(menu),
        body=body,
    )
    return html.encode(charset, "xmlcharrefreplace")
