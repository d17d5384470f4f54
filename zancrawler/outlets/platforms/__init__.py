"""The platforms that are known, and telling them apart by a page's HTML."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from zancrawler.outlets.platforms import plain, wix, wordpress
from zancrawler.outlets.platforms.preset import Preset

PRESETS: Mapping[str, Preset] = MappingProxyType(
    {preset.name: preset for preset in (wix.PRESET, wordpress.PRESET, plain.PRESET)}
)


def recognise(html: bytes) -> Preset:
    """The platform that made this page; `plain` when nothing gives one away."""
    for preset in PRESETS.values():
        if any(sign.search(html) for sign in preset.signs):
            return preset
    return plain.PRESET


__all__ = ["PRESETS", "Preset", "recognise"]
