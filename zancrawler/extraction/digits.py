"""The three digit sets of Afghan pages."""

from __future__ import annotations

PERSIAN = "۰۱۲۳۴۵۶۷۸۹"
"""U+06F0 to U+06F9, which Dari, Pashto and Iranian keyboards type."""

ARABIC = "٠١٢٣٤٥٦٧٨٩"
"""U+0660 to U+0669, which older Afghan pages and Arabic keyboards type."""

TO_ASCII = {ord(d): str(n) for digits in (PERSIAN, ARABIC) for n, d in enumerate(digits)}
"""For `str.translate`; one character becomes one character."""
