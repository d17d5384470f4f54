"""`python -m zancrawler.runs OUTLET`: one run of one outlet, in a process of its own."""

from __future__ import annotations

import sys

if __name__ == "__main__":
    # Not above: the follower's process runs this module again by another name, without Scrapy.
    from zancrawler.runs.process import main

    sys.exit(main(sys.argv[1], dict(pair.split("=", 1) for pair in sys.argv[2:])))
