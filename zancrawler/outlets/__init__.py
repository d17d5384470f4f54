"""Outlets as data: who publishes where, and how their pages are read."""

from zancrawler.outlets.catalogue import Catalogue, UnknownOutletError
from zancrawler.outlets.model import (
    ArticleRules,
    Capture,
    Outlet,
    Politeness,
    RequisiteRules,
    Rewrite,
    Rights,
    Sources,
    Take,
    UrlKind,
    UrlRules,
)
from zancrawler.outlets.platforms import recognise
from zancrawler.outlets.reader import OutletError, parse_outlet, read_outlet, unknown_outlet
from zancrawler.outlets.urls import (
    MAX_URL_LENGTH,
    canonical_url,
    host_of,
    readable_path,
    story_id,
    url_kind,
)

__all__ = [
    "MAX_URL_LENGTH",
    "ArticleRules",
    "Capture",
    "Catalogue",
    "Outlet",
    "OutletError",
    "Politeness",
    "RequisiteRules",
    "Rewrite",
    "Rights",
    "Sources",
    "Take",
    "UnknownOutletError",
    "UrlKind",
    "UrlRules",
    "canonical_url",
    "host_of",
    "parse_outlet",
    "read_outlet",
    "readable_path",
    "recognise",
    "story_id",
    "unknown_outlet",
    "url_kind",
]
