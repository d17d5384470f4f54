"""Scrapy signals of this room."""

from __future__ import annotations

exchange_captured = object()
"""Sent after an exchange is in the WARC, with `exchange`: a CapturedExchange.

robots.txt, redirects, Scrapy's retries and Twisted's own silent retry are exchanges too.
"""

warcs_closed = object()
"""Sent when the crawl's WARCs have been closed, after `spider_closed`."""

capture_failed = object()
"""Sent once, with `error`: a CaptureError, when the run has to end because nothing more can be
captured. The spider is then closed with the reason `capture_failed`."""
