"""The bundled newsroom: small web sites on loopback, for the demo and the tests.

Everything in it is invented and written for it: the outlets, the stories, the people.
"""

from zancrawler.newsroom.command import run
from zancrawler.newsroom.imprints import DEFAULT, IMPRINTS
from zancrawler.newsroom.service import Newsroom, NewsroomError, serve
from zancrawler.newsroom.truth import TruthArticle

__all__ = [
    "DEFAULT",
    "IMPRINTS",
    "Newsroom",
    "NewsroomError",
    "TruthArticle",
    "run",
    "serve",
]
