from __future__ import annotations

from collections import Counter

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_pages import JOINED, page

from zancrawler.extraction.cells import MOST_COLUMNS, columns_of
from zancrawler.extraction.normalize import normalized
from zancrawler.extraction.textblocks import Kind, joined, key_of, read_blocks

KEPT = "\u2060\u200c\u200d\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2069"
"""Joiners and direction marks: part of how a word is written."""


def blocks(html: str) -> list[tuple[str, str]]:
    return [(block.kind.value, block.text) for block in read_blocks(page(html).tree)]


def test_what_the_page_parts_is_parted() -> None:
    html = """<body><h2>Head</h2><p>One <b>two</b><i>three</i></p><ul><li>a</li><li><p>b</p></ul>
    <blockquote><p>q</p></blockquote><figure><img src=x><figcaption>c</figcaption></figure>
    <table><tr><td>1</td><td>2</td></tr></table>loose<div>end</div>tail</body>"""
    assert blocks(html) == [
        ("heading", "Head"),
        ("paragraph", "One twothree"),
        ("item", "a"),
        ("item", "b"),
        ("quote", "q"),
        ("caption", "c"),
        ("cell", "1"),
        ("cell", "2"),
        ("paragraph", "loose"),
        ("paragraph", "end"),
        ("paragraph", "tail"),
    ]


def test_line_breaks() -> None:
    html = "<body><p>Photo: AFP<br>One\nline<br><br>Next</p></body>"
    assert blocks(html) == [("paragraph", "Photo: AFP\nOne line"), ("paragraph", "Next")]


def test_joined_keeps_lists_and_rows_together() -> None:
    html = (
        "<body><p>p</p><ul><li>a</li><li>b</li></ul><table><tr><td>1<td>2<tr><td>3</table></body>"
    )
    assert joined(read_blocks(page(html).tree)) == "p\n\na\nb\n\n1\t2\n3"


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ("<tr><td><td>Dead<td>Hurt<tr><td>Kabul<td><td>12", "\tDead\tHurt\nKabul\t\t12"),
        ("<tr><td>a<td>b<td>c<tr><td><td>2<td>3", "a\tb\tc\n\t2\t3"),
        ("<tr><td>a<td>b<td>c<tr><td colspan=2>1<td>3", "a\tb\tc\n1\t\t3"),
        ("<tr><td rowspan=2>Kabul<td>x<td>1<tr><td>y<td>2", "Kabul\tx\t1\n\ty\t2"),
        ("<tr><td rowspan=0>Kabul<td>x<tr><td>y<tr><td>z", "Kabul\tx\n\ty\n\tz"),
        ("<tr><td colspan=99999999>a<td>b<tr><td colspan=-1>c<td>d", "a\tb\nc\td"),
        ("<tr><td>a<br><br>b<td>c<tr><td>1<td>2", "a b\tc\n1\t2"),
        ("<tr><td><p>a</p><td><p>b</p><tr><td><p>1</p><td>2", "a\tb\n1\t2"),
    ],
)
def test_a_cell_stays_in_its_column(rows: str, text: str) -> None:
    html = f"<body><p>p</p><table>{rows}</table></body>"
    assert joined(read_blocks(page(html).tree)) == f"p\n\n{text}"


@pytest.mark.parametrize("space", ["\u200b", "\ufeff", "\u00ad", "\u200b\u200b"])
def test_a_zero_width_space_for_a_joiner(space: str) -> None:
    """Kept within a word of Arabic letters, where it stands for a joiner, and nowhere else."""
    (block,) = read_blocks(page(f"<body><p>{space}می{space}گویند {space}well{space}</p>").tree)
    assert block.text == f"می{space}گویند well"
    assert normalized(block.text) == "می\u200cگویند well"


def test_a_word_joiner_is_kept_wherever_it_stands() -> None:
    text = "او\u2060:\u2060 ۵\u2060٪ می\u200cگویند\u2060—\u2060که said\u2060–\u2060no"
    assert blocks(f"<body><p>{text}</p></body>") == [("paragraph", text)]
    assert "\u2060" not in normalized(text)


def test_a_table_that_claims_to_be_endless() -> None:
    rows = "<tr><td>a<td colspan=65534 rowspan=65534>b<td>c</tr><tr><td>d<td>e</tr>"
    text = joined(read_blocks(page(f"<body><table>{rows}</table></body>").tree))
    assert text.split() == ["a", "b", "c", "d", "e"]
    assert len(text) < 5 * MOST_COLUMNS


def test_a_cell_of_endless_blocks_is_no_value() -> None:
    """Each is read in the same time, however many there are."""
    cell = "<p>x</p>" + "<address>y</address>" * 4_000
    found = blocks(f"<body><table><tr><td>{cell}<td>b</table></body>")
    assert len(found) == 4_002
    assert found[1] == ("paragraph", "y")


@pytest.mark.parametrize(
    "silent",
    [
        "<script>var p = '<p>no</p>'</script>",
        "<style>p{}</style>",
        "<template><p>no</p></template>",
        "<noscript><p>no</p></noscript>",
        "<button>Share</button>",
        "<div hidden><p>no</p></div>",
        '<div style="display: none"><p>no</p></div>',
        "<svg><text>no</text></svg>",
        "<select><option>no</option></select>",
    ],
)
def test_what_no_reader_reads(silent: str) -> None:
    html = f"<body><p>before</p>{silent}<p>after</p>tail</body>"
    assert [text for _, text in blocks(html)] == ["before", "after", "tail"]


def test_a_page_that_a_script_uncovers_is_read() -> None:
    assert blocks("<body><div hidden><main><p>story</p></main></div></body>") == [
        ("paragraph", "story")
    ]
    assert ("paragraph", "story") in blocks("<body><button>Menu<main><p>story</p></main></body>")


def test_letters_within_links_are_counted() -> None:
    (block,) = read_blocks(page('<body><p>See <a href="/x">this <b>story</b></a> now</p>').tree)
    assert (block.key, block.linked) == ("seethisstorynow", len("thisstory"))


def test_joiners_are_kept() -> None:
    assert blocks(f"<body><p>{JOINED}</p></body>") == [("paragraph", JOINED)]


letters = st.text(
    st.sampled_from("ab می‌گنۀآئ\u0654\u064b" + KEPT + "۱٢3«»"), min_size=1, max_size=30
)
inline = st.sampled_from(["<b>{}</b>", "{}", '<a href="/x">{}</a>', "<span><i>{}</i></span>"])
block_level = st.sampled_from(
    ["<p>{}</p>", "<li>{}</li>", "<h2>{}</h2>", "<div>{}</div>", "<td>{}"]
)


@given(
    st.lists(st.tuples(block_level, st.lists(st.tuples(inline, letters), max_size=4)), max_size=6)
)
def test_no_character_is_lost_but_white_space(
    parts: list[tuple[str, list[tuple[str, str]]]],
) -> None:
    html = "".join(
        outer.format("".join(within.format(text) for within, text in inner))
        for outer, inner in parts
    )
    tree = page(f"<body><div>.{html}</div></body>").tree
    seen = Counter(tree.text_content())
    kept = Counter("".join(block.text for block in read_blocks(tree)))
    lost = seen - kept
    assert set(lost) <= set(" \n\t\u00a0"), lost
    assert not kept - seen - Counter(" \n" * len(html))


@given(st.text(max_size=60))
def test_keys_hold_letters_and_digits_only(text: str) -> None:
    assert all(character.isalnum() for character in key_of(text))


def test_kinds_are_told_by_the_nearest_element() -> None:
    (block,) = read_blocks(page("<body><li><div><span>x</span></div></li></body>").tree)
    assert block.kind is Kind.ITEM


def test_spans_cost_no_more_than_the_columns_there_may_be() -> None:
    """Ten thousand of the widest would be 655 million columns."""
    row = "<tr>" + "<td colspan=65534 rowspan=65534>a" * 100
    table = lxml.html.fromstring(f"<table>{row * 100}</table>")
    assert set(columns_of(table).values()) <= set(range(MOST_COLUMNS + 1))
