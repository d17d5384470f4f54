"""Each outlet of the catalogue as a site of the newsroom: its platform's, under its own addresses.

What the outlets' files say of addresses comes from the outlets themselves; here the newsroom's
stories are put where those files say that an outlet has its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from zancrawler.newsroom import TruthArticle
from zancrawler.newsroom.answer import Answer, Ask
from zancrawler.newsroom.article import read_articles
from zancrawler.newsroom.documents import rss, sitemap
from zancrawler.newsroom.drupal import Drupal
from zancrawler.newsroom.edition import Annals, Edition
from zancrawler.newsroom.masthead import Masthead
from zancrawler.newsroom.nextjs import Nextjs
from zancrawler.newsroom.pangea import Pangea
from zancrawler.newsroom.plain import Plain
from zancrawler.newsroom.site import Site
from zancrawler.newsroom.syndication import readdressed
from zancrawler.newsroom.truth import true_articles
from zancrawler.newsroom.wix import Wix
from zancrawler.newsroom.wordpress import WordPress
from zancrawler.newsroom.wordpress_pages import Theme
from zancrawler.outlets import Outlet, host_of

STORIES = {
    "fa-AF": ("wp-fa-glass", "wix-fa-kite", "wp-fa-bridge"),
    "ps": ("wp-ps-embroidery", "wix-ps-shoemaker", "wp-ps-radio"),
    "en": ("wp-en-lake", "wix-en-rubab", "wp-en-goat"),
}
PLATFORMS = {"wix": Wix, "pangea": Pangea, "drupal": Drupal, "nextjs": Nextjs, "plain": Plain}
DATED = "/{published:%Y/%m/%d}/{slug}/"


@dataclass(frozen=True)
class Shape:
    """Where an outlet's articles stand."""

    fa: tuple[str, str] | None = None
    """For each language: the first step of its paths, and what follows (`readdressed`)."""
    ps: tuple[str, str] | None = None
    en: tuple[str, str] | None = None
    theme: Theme = Theme.BLOCKS
    section: str | None = None
    """What its category is called that the catalogue names as a listing."""

    @property
    def languages(self) -> dict[str, tuple[str, str]]:
        places = {"fa-AF": self.fa, "ps": self.ps, "en": self.en}
        return {language: place for language, place in places.items() if place}


SHAPES = {
    "aan": Shape(en=("/en", "/reports/{slug}/"), section="reports"),
    "afghanistantimes": Shape(en=("", "/{slug}/")),
    "afghanwomennews": Shape(fa=("", "/{slug}/"), ps=("", "/{slug}/"), en=("/en", "/{slug}/")),
    "afintl": Shape(
        fa=("/fa", "/{published:%Y%m%d}{number:.4}"),
        ps=("/pa", "/{published:%Y%m%d}{number:.4}"),
        en=("/en", "/{published:%Y%m%d}{number:.4}"),
    ),
    "amu": Shape(fa=("/fa", "/{number}/"), ps=("/ps", "/{number}/"), en=("", "/{number}/")),
    "ariananews": Shape(
        fa=("/fa", "/{slug}/"), ps=("/ps", "/{slug}/"), en=("", "/{slug}/"), theme=Theme.MVP
    ),
    "ariananews-co": Shape(ps=("/ps", "/kabul/{slug}/")),
    "avapress": Shape(fa=("/fa", "/news/{number}/{slug}"), en=("/en", "/news/{number}/{slug}")),
    "awna": Shape(fa=("", "/?p={number}")),
    "azadi-dari": Shape(fa=("", "/a/{slug}/{number}.html")),
    "azadi-pashto": Shape(ps=("", "/a/{number}.html")),
    "bakhtar": Shape(fa=("/dr", "/{slug}/"), ps=("/ps", "/{slug}/"), en=("/en", "/{slug}/")),
    "bbc-pashto": Shape(ps=("/pashto", "/articles/c{number}o")),
    "bbc-persian": Shape(fa=("/persian", "/afghanistan-{number}")),
    "dw-dari": Shape(fa=("/fa-af", "/{slug}/a-{number}")),
    "dw-pashto": Shape(ps=("/ps", "/{slug}/a-{number}")),
    "etilaatroz": Shape(fa=("", "/{number}/{slug}/")),
    "gandhara": Shape(en=("", "/a/{slug}/{number}.html")),
    "gowharshad": Shape(fa=("/fa", "/{slug}/")),
    "hashtesubh": Shape(
        fa=("", "/{slug}/"), en=("/eng", "/{slug}/"), theme=Theme.JNEWS, section="afghanistan-news"
    ),
    "independent-persian": Shape(fa=("", "/node/{number}/politics/{slug}")),
    "jomhor": Shape(fa=("/fa", "/news/{number}/"), ps=("/ps", "/news/{number}/")),
    "kabulnow": Shape(en=("", "/{published:%Y/%m}/{slug}/"), section="news"),
    "kabultimes": Shape(en=("", "/{slug}/")),
    "khaama": Shape(
        fa=("/persian", "/archives/{number}"), en=("", "/{slug}/"), theme=Theme.NEWSPAPER
    ),
    "mashaal": Shape(ps=("", "/a/{slug}/{number}.html")),
    "nimrokh": Shape(fa=("", "/reports/{slug}/")),
    "pajhwok": Shape(fa=("/fa", DATED), ps=("/ps", DATED), en=("", DATED)),
    "pajhwok-elections": Shape(
        fa=("/dr", "/node/{number}"),
        ps=("/ps", "/content/{slug}"),
        en=("/en", "/content/{slug}"),
    ),
    "pajhwok-old": Shape(
        fa=("/dr", "/node/{number}"),
        ps=("/ps", "/{published:%Y/%m/%d}/{slug}"),
        en=("/en", "/opinions/{slug}"),
    ),
    "rasc": Shape(en=("", "/?p={number}")),
    "rta": Shape(fa=("/fa", "/article{number}/"), ps=("/ps", "/article{number}/")),
    "rukhshana": Shape(fa=("", DATED), ps=("/ps", DATED), en=("/en", DATED), theme=Theme.JNEWS),
    "subhekabul": Shape(fa=("", "/خبرها/{slug}/")),
    "taand": Shape(ps=("/main", "/?p={number}"), theme=Theme.JNEWS),
    "tolonews": Shape(
        fa=("/fa", "/afghanistan-{number}"),
        ps=("/pa", "/afghanistan/{slug}"),
        en=("", "/afghanistan-{number}"),
    ),
    "voa-dari": Shape(fa=("", "/a/{slug}/{number}.html")),
    "voa-deewa": Shape(ps=("", "/a/{slug}/{number}.html")),
    "voa-pashto": Shape(ps=("", "/a/{number}.html")),
    "zannews": Shape(fa=("/fa", "/post/{slug}"), en=("", "/post/{slug}")),
    "zantimes": Shape(fa=("/fa", DATED), en=("", DATED)),
}


@dataclass(frozen=True)
class OutletSite:
    """An outlet as it is served."""

    outlet: Outlet
    site: Site
    edition: Edition
    home: str
    asked: list[tuple[str, int]] = field(default_factory=list)
    """URLs and statuses, in their order."""

    @classmethod
    def of(cls, outlet: Outlet) -> OutletSite:
        """Raises KeyError for an outlet of which nobody said where its articles stand."""
        shape = SHAPES[outlet.name]
        prefixes = {language: place[0] for language, place in shape.languages.items()}
        masthead = Masthead(outlet.name, outlet.title, prefixes, outlet.timezone)
        stories = {each.id: each for each in read_articles()}
        articles = [
            readdressed(stories[story], replace(masthead, path="{prefix}" + form))
            for language, (_, form) in shape.languages.items()
            for story in STORIES[language]
        ]
        if outlet.name == "zannews":
            # Its older stories stand apart, and all are signed by the house.
            older = replace(masthead, path="/news/{slug}")
            articles.append(readdressed(stories["wix-en-saffron"], older))
            articles = [replace(each, authors=("Zan News",)) for each in articles]
        if shape.section:
            articles = [replace(each, section=shape.section) for each in articles]
        edition = Annals(tuple(articles), (), (), ()).edition(0)
        parts = urlsplit(outlet.home)
        home = f"{parts.scheme}://{parts.netloc}"
        if outlet.platform == "wordpress":
            site: Site = WordPress(masthead, edition, home, (), shape.theme)
        else:
            site = PLATFORMS[outlet.platform](masthead, edition, home)
        return cls(outlet, site, edition, home)

    def truth(self) -> list[TruthArticle]:
        return true_articles(
            self.edition, {self.outlet.name: self.home}, {self.outlet.name: self.site}
        )

    def answer(self, url: str, ask: Ask) -> Answer:
        """What the site answers; for a source of the outlet's that its platform has not, such as
        the feed of a site made by hand, what a site would answer that has it."""
        answer = self.site.answer(ask)
        if answer.status == 404:
            answer = self._named(url) or answer
        self.asked.append((url, answer.status))
        return answer

    def _named(self, url: str) -> Answer | None:
        sources, articles = self.outlet.sources, self.edition.live(self.outlet.name)
        if url in sources.feeds:
            source = rss(self.home, self.outlet.title, articles)
            return Answer(200, source.encode(), "application/rss+xml; charset=utf-8")
        if url in sources.sitemaps and self.outlet.platform != "wordpress":
            return Answer(200, sitemap(self.home, articles).encode(), "text/xml")
        if url in sources.listings:
            return self.site.answer(Ask(urlsplit(self.outlet.home).path))
        return None


def by_host(sites: list[OutletSite], url: str) -> OutletSite:
    """The site that a URL is of: outlets of one broadcaster share a host, not their paths.

    Raises StopIteration when no outlet has the host.
    """
    host = host_of(url)
    own = [s for s in sites if host in s.outlet.domains or url in s.outlet.sources.feeds]
    nearest = sorted(own, key=lambda s: -len(urlsplit(s.outlet.home).path))
    path = urlsplit(url).path + "/"
    return next((s for s in nearest if path.startswith(urlsplit(s.outlet.home).path)), nearest[0])
