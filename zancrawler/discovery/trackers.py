"""Hosts that are never asked for a page's requisites: they only count and follow readers.

To ask them would tell advertisers who archives which story, and would write their identifiers into
the archive. No page looks different without them. The list is short on purpose: the commonest of
those found on news sites, each with everything below it.
"""

from __future__ import annotations

from urllib.parse import urlsplit

TRACKERS = frozenset(
    (
        *("google-analytics.com", "googletagmanager.com", "googletagservices.com"),
        *(
            "doubleclick.net",
            "googlesyndication.com",
            "googleadservices.com",
            "adservice.google.com",
        ),
        *("connect.facebook.net", "facebook.com", "analytics.tiktok.com", "ads-twitter.com"),
        *("analytics.twitter.com", "platform.twitter.com", "snap.licdn.com", "px.ads.linkedin.com"),
        *("scorecardresearch.com", "quantserve.com", "hotjar.com", "clarity.ms", "mc.yandex.ru"),
        *("stats.wp.com", "pixel.wp.com", "chartbeat.com", "chartbeat.net", "parsely.com"),
        *("matomo.cloud", "statcounter.com", "histats.com", "nr-data.net", "newrelic.com"),
        *("amazon-adsystem.com", "adnxs.com", "criteo.com", "criteo.net", "taboola.com"),
        *(
            "outbrain.com",
            "addthis.com",
            "sharethis.com",
            "onesignal.com",
            "cloudflareinsights.com",
        ),
        *("bat.bing.com", "frog.wix.com", "segment.com", "segment.io", "mixpanel.com"),
    )
)
"""Registered names, and single hosts where the rest of the name serves pages."""


def is_tracker(url: str) -> bool:
    """Whether the URL's host is one of them, or below one."""
    labels = (urlsplit(url).hostname or "").split(".")
    return any(".".join(labels[place:]) in TRACKERS for place in range(len(labels)))
