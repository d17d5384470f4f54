from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zancrawler.ledger.traps import (
    DEEP,
    FREE_LOOKS,
    FREE_URLS,
    LOOPING,
    MAX_PARAMETER_URLS,
    Shape,
    shape_of,
    trap,
)

URLS = Path(__file__).parents[3] / "shared" / "urls"


@pytest.mark.parametrize(
    ("url", "shape"),
    [
        ("https://zan.example/", "zan.example/"),
        ("https://zan.example/post/women-return", "zan.example/post/*"),
        ("https://zan.example/post/%D8%B2%D9%86", "zan.example/post/*"),
        ("https://zan.example/2026/03/01/slug/", "zan.example/#/#/#/*"),
        ("https://zan.example/events?month=2031-01", "zan.example/events?month"),
        ("https://zan.example/news/a?comp-x_page=3&b=1", "zan.example/news/*?b&comp-x_page"),
        ("https://zan.example/list?start=1000", "zan.example/list?start"),
        ("https://zan.example/index.php?1=a&2=b", "zan.example/index.php?#"),
        ("https://zan.example/a/b/a/b/a/b", LOOPING),
        ("https://zan.example/x/fa/fa/fa/y", LOOPING),
        ("https://zan.example/11/11/11/slug", "zan.example/#/#/#/*"),
        ("https://zan.example/11/11/11/11/slug", LOOPING),
        ("https://zan.example/1/a/1/a/1/a", LOOPING),
        ("https://zan.example/" + "/".join(map(str, range(20))), DEEP),
        ("no url at all", "/"),
    ],
)
def test_shapes(url: str, shape: str) -> None:
    assert shape_of(url) == shape


@given(st.text(max_size=80))
def test_any_text_has_a_shape_shorter_than_a_kilobyte(text: str) -> None:
    assert len(shape_of("https://zan.example/" + text)) < 1_000


def test_an_explosion_without_fruit_is_a_trap() -> None:
    barren = Shape("zan.example/events?month", FREE_URLS + 1, FREE_LOOKS, 0)
    assert trap(barren) == "50 looks brought 0 new texts or articles"
    assert trap(Shape(barren.name, FREE_URLS, FREE_LOOKS, 0)) is None
    assert trap(Shape(barren.name, FREE_URLS + 1, FREE_LOOKS - 1, 0)) is None
    assert trap(Shape(barren.name, FREE_URLS + 1, FREE_LOOKS, 5)) is None


def test_a_large_outlet_is_none() -> None:
    assert trap(Shape("zan.example/post/*", 10**7, 10**7, 10**6)) is None
    assert trap(Shape("zan.example/?p", MAX_PARAMETER_URLS, 9, 9)) is None


def test_parameters_without_end_are_a_trap_however_fruitful() -> None:
    many = Shape("zan.example/x?sid", MAX_PARAMETER_URLS + 1, 9, 9)
    assert trap(many) == "more than 100,000 URLs"


def test_loops_and_depths_are_traps_at_once() -> None:
    assert trap(Shape(LOOPING)) == "path loops"
    assert trap(Shape(DEEP)) == "path of more than 16 segments"


@pytest.mark.skipif(not URLS.is_dir(), reason="no ../shared/urls beside this checkout")
def test_no_real_article_url_is_a_trap_by_its_form() -> None:
    urls = [
        line.split()[0]
        for file in URLS.glob("*.txt")
        for line in file.read_text().splitlines()
        if line.startswith("http")
    ]
    assert len(urls) > 1_000
    shapes = {shape_of(url) for url in urls}
    assert not shapes & {LOOPING, DEEP}
    assert len(shapes) < len(urls) / 4
