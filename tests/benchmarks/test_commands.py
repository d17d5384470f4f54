from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.extraction.commands import read_all
from benchmarks.extraction.extractors import SavedPage

MOMENT = datetime(2026, 1, 2, tzinfo=UTC)
PAGES = [SavedPage(f"<p>page {n}".encode(), f"https://a.example/{n}", MOMENT) for n in (1, 2)]

EACH = """
import json, sys
file, url, captured_at = sys.argv[1:]
print(json.dumps({"text": open(file).read(), "title": url, "authors": "A. Writer",
                  "date": captured_at, "language": "ps"}))
"""
LISTED = """
import json, sys
for line in open(sys.argv[1]):
    page = json.loads(line)
    print(json.dumps({"text": open(page["file"]).read(), "title": page["url"],
                      "authors": ["A. Writer"], "date_published": page["captured_at"],
                      "language": "ps", "kind": "article"}))
"""


def test_a_command_reads_a_page_or_a_list_alike(tmp_path: Path) -> None:
    for name, script in (("each.py", EACH), ("listed.py", LISTED)):
        (tmp_path / name).write_text(script)

    python = f"{sys.executable} {tmp_path}"
    each = list(read_all(f"{python}/each.py {{file}} {{url}} {{captured_at}}", PAGES))
    listed = list(read_all(f"{python}/listed.py {{list}}", PAGES))

    assert each == listed
    assert [result.text for result in each] == ["<p>page 1", "<p>page 2"]
    assert {result.date for result in each} == {"2026-01-02"}
    assert all(result.authors == ("A. Writer",) and result.is_article for result in each)


def test_a_command_that_fails_has_found_nothing() -> None:
    results = list(read_all(f"{sys.executable} -c raise(SystemExit(1))", PAGES))

    assert len(results) == 2
    assert not any(result.is_article for result in results)
