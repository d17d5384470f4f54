"""Plain HTML: a site of which nothing is known. The page itself must tell what it is."""

from __future__ import annotations

import re

from zancrawler.outlets.model import ArticleRules
from zancrawler.outlets.platforms.preset import Preset

PRESET = Preset(name="plain", articles=(ArticleRules(url=re.compile(r"^/.")),))
