"""The platforms that are known, and telling them apart by a page's HTML."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from zancrawler.outlets.platforms import drupal, nextjs, pangea, plain, wix, wordpress
from zancrawler.outlets.platforms.preset import Preset

PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        module.PRESET.name: module.PRESET
        # Those whose signs are their own come first: a page of any platform may show a picture
        # from somebody's `/wp-content/`.
        for module in (wix, pangea, nextjs, drupal, wordpress, plain)
    }
)


def recognise(html: bytes) -> Preset:
    """The platform that made this page; `plain` when nothing gives one away."""
    for preset in PRESETS.values():
        if any(sign in html for sign in preset.signs):
            return preset
    return plain.PRESET


__all__ = ["PRESETS", "Preset", "recognise"]
