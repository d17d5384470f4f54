from __future__ import annotations

import time

import pytest
from made_pages import NOW

from zancrawler.extraction.page import MAX_BYTES, Page, UnreadablePage, decode

PERSIAN = "می‌گویند آب نیست"
HTML = f"<html><head><title>x</title></head><body><p>{PERSIAN}</p></body></html>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("declared", [None, "text/html", "text/html; charset=windows-1252"])
def test_unicode_is_known_whatever_is_declared(encoding: str, declared: str | None) -> None:
    assert decode(HTML.encode(encoding), declared) == HTML


def test_a_meta_element_that_lies_is_not_believed() -> None:
    html = f'<meta charset="iso-8859-1"><p>{PERSIAN}</p>'
    assert PERSIAN in decode(html.encode())


@pytest.mark.parametrize(
    ("html", "header"),
    [
        ("<p>وزير خارجه</p>", "text/html; charset=windows-1256"),
        ('<meta charset="windows-1256"><p>وزير خارجه</p>', None),
        ('<html dir="rtl"><p>وزير خارجه</p>', "text/html; charset=iso-8859-1"),
        ("<html lang=fa><p>وزير خارجه</p>", None),
    ],
)
def test_the_old_arabic_charset(html: str, header: str | None) -> None:
    assert decode(html.encode("cp1256"), header) == html


@pytest.mark.parametrize(
    ("head", "header"),
    [
        ('<meta charset="windows-1256">', "text/html; charset=utf-8"),
        ("<meta charset=utf-8>", None),
        ('<meta charset="iso-8859-1">', "text/html; charset=utf-8"),
    ],
)
def test_what_is_no_utf_8_is_not_read_as_it(head: str, header: str | None) -> None:
    html = f"{head}<p>وزير خارجه كشور گفت كه فردا به هرات مى رود</p>"
    assert decode(html.encode("cp1256"), header) == html


def test_a_broken_byte_of_a_page_that_says_utf_8_stays_broken() -> None:
    assert decode(b"<meta charset=utf-8><p>caf\xe9</p>") == "<meta charset=utf-8><p>caf\ufffd</p>"


def test_a_body_cut_within_a_character_stays_utf_8() -> None:
    assert decode(HTML.encode()[: HTML.encode().index("ن".encode()) + 1]).startswith("<html>")
    assert "می‌گو" in decode(HTML.encode()[: HTML.encode().index("ن".encode()) + 1])


def test_control_characters_are_taken_out_and_joiners_are_not() -> None:
    page = Page.parse("<p>a\x00b\x0bc می‌گوید</p>".encode(), "https://x.example/", captured_at=NOW)
    assert page.tree.text_content() == "abc می‌گوید"


def test_a_body_that_starts_far_into_the_file() -> None:
    html = (
        f"<html><head><style>{'x' * 1_100_000}</style></head><body><p>{PERSIAN}</p></body></html>"
    )
    page = Page.parse(html.encode(), "https://x.example/", captured_at=NOW)
    assert page.tree.findtext(".//p") == PERSIAN


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b"\x00" * 5_000, "empty"),
        (b"%PDF-1.7 <html>", "binary"),
        (bytes(range(256)) * 200, "binary|no HTML"),
        (b"just words", "no HTML tag"),
        (b"<!-- nothing -->", "no HTML"),
        (b"<p>" + b"x" * MAX_BYTES, "bytes"),
        (b"<i>a</i>" * 150_000, "elements"),
        (b"<div>" * 100_000 + b"<p>hello</p>", "levels"),
        (b"<p " + b"".join(b"a%d='>' " % n for n in range(90_000)) + b">x</p>", "attributes"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_refused_in_one_sentence(body: bytes, says: str) -> None:
    start = time.process_time()
    with pytest.raises(UnreadablePage, match=says) as refusal:
        Page.parse(body, "https://x.example/", captured_at=NOW)
    assert time.process_time() - start < 10
    assert str(refusal.value).endswith(".")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "declared", [None, "text/html; charset=iso-8859-1", "text/html; charset=windows-1256"]
)
def test_one_broken_byte_does_not_spoil_the_page(declared: str | None) -> None:
    cut = "زنان در کابل"[:6].encode()[:-1]
    body = HTML.encode().replace(b"<title>x", b'<meta name="description" content="' + cut + b'">')
    assert PERSIAN in decode(body, declared)
    assert decode(body, declared).count("\ufffd") == 1


def test_what_is_mostly_broken_is_no_utf_8() -> None:
    html = "<html lang=fa><p>وزير خارجه كشور گفت كه فردا به هرات مى رود</p>"
    assert decode(html.encode("cp1256")) == html
    assert (
        decode("<p>Kühe über Bäche</p>".encode("cp1252"), "text/html; charset=latin-1").count("ü")
        == 2
    )


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("وزير خارجه به هرات رفت", "cp1256"),
        ("آب نيست", "cp1256"),
        ("Сегодня в Кабуле открылась новая школа для девочек", "cp1251"),
        ("今天的会议讨论了女童教育问题", "gb18030"),
    ],
)
def test_a_short_page_that_says_nothing_of_itself(text: str, charset: str) -> None:
    html = f"<html><body><p>{text}</p></body></html>"
    assert decode(html.encode(charset)) == html
