"""Outlets as data: who publishes where, and how their pages are read."""

from zancrawler.outlets.catalogue import Catalogue, UnknownOutletError
from zancrawler.outlets.model import (
    ArticleRules,
    Outlet,
    Politeness,
    Rewrite,
    Rights,
    Sources,
    UrlKind,
    UrlRules,
)
from zancrawler.outlets.platforms import recognise
from zancrawler.outlets.reader import OutletError, parse_outlet, read_outlet, unknown_outlet
from zancrawler.outlets.urls import canonical_url, host_of, readable_path, story_id, url_kind

__all__ = [
    "ArticleRules",
    "Catalogue",
    "Outlet",
    "OutletError",
    "Politeness",
    "Rewrite",
    "Rights",
    "Sources",
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
