from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_pages import STORY, outlet, read, rules, story_html

from zancrawler.extraction.bylines import Role, credits_in, is_label

UNKNOWN = outlet(languages=())
BODY = outlet(articles=(rules(body=(".story",)),))
A, T, P, O = Role.AUTHOR, Role.TRANSLATOR, Role.PHOTOGRAPHER, Role.OTHER  # noqa: E741


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("By Zarghuna Amini", [(A, "Zarghuna Amini")]),
        ("Photos by A. Rahimi", [(P, "A. Rahimi")]),
        ("Photo: Wakil Kohsar/AFP", [(P, "Wakil Kohsar/AFP")]),
        ("Translated by T. Daryab", [(T, "T. Daryab")]),
        ("Translation: T. Daryab", [(T, "T. Daryab")]),
        (
            "Words: Shahla Nagin | Editing: R. Kawa | Translated by T. Daryab",
            [(A, "Shahla Nagin"), (O, "R. Kawa"), (T, "T. Daryab")],
        ),
        (
            "Reporting by Rachel Sahar, Writing by Sara Noor Editing by B. Felix",
            [(A, "Rachel Sahar"), (A, "Sara Noor"), (O, "B. Felix")],
        ),
        ("ترجمه از س. دانا", [(T, "س. دانا")]),
        ("مترجم: سهیل دانا", [(T, "سهیل دانا")]),
        ("برگردان: سهیل دانا", [(T, "سهیل دانا")]),
        ("عکس: رویترز", [(P, "رویترز")]),
        ("عکس‌ها از زهرا نوری", [(P, "زهرا نوری")]),
        ("نوشته: شهلا نگین | ویراستار: ر. کاوه", [(A, "شهلا نگین"), (O, "ر. کاوه")]),
        ("گزارش از: مینا سحر", [(A, "مینا سحر")]),
        ("ژباړن: ن. څپه — لیکوال: ستوری ګل‌ورین", [(T, "ن. څپه"), (A, "ستوری ګل‌ورین")]),
        ("ژباړه: ن. څپه", [(T, "ن. څپه")]),
        ("انځور: ګلالۍ", [(P, "ګلالۍ")]),
        ("لیکوال, هوسۍ لمر او یحیا غرنی\nدنده, څراغ", [(A, "هوسۍ لمر او یحیا غرنی"), (O, "څراغ")]),
        ("نویسنده: مینا (نام مستعار)", [(A, "مینا (نام مستعار)")]),
        ("(Photo: A. Rahimi)", [(P, "A. Rahimi")]),
        ("منبع: رویترز", [(Role.SOURCE, "رویترز")]),
        ("- منبع خبر : رویترز", [(Role.SOURCE, "رویترز")]),
        ("گزارش\u200cگر: مینا سحر", [(A, "مینا سحر")]),
        ("خبرنگار: شما در کجا به دنیا آمده‌اید؟", []),
        ("Author: Where were you born?", []),
        ("ترجمه قرآن در کابل چاپ شد", []),
        ("Translated poems by women are rare", []),
        ("عکس‌های تازه از کابل رسید و همه دیدند", []),
        ("Story: the well", []),
        ("Photo:", []),
        ("Zarghuna Amini", []),
        ("", []),
    ],
)
def test_a_line_of_credits(line: str, found: list[tuple[Role, str]]) -> None:
    assert [(credit.role, credit.names) for credit in credits_in(line)] == found


@pytest.mark.parametrize("word", ["By", "author", "نویسنده", "نویسنده:", "لیکوال", "Translated by"])
def test_a_label_alone_is_nobody(word: str) -> None:
    assert is_label(word)
    assert credits_in(word) == ()
    assert read(story_html(above=f"<p>{word}</p>"), of=UNKNOWN).authors == ()


@given(st.text(max_size=400))
def test_any_line_gives_short_credits_or_none(line: str) -> None:
    for credit in credits_in(line):
        assert credit.names.strip()
        assert credit.names in line


LINE = "<p>نویسنده: زهرا کریمی | مترجم: سهیل دانا و م. رها | عکس: Wakil Kohsar/AFP</p>"


def test_each_role_has_its_place() -> None:
    head = '<meta property="og:image" content="/well.jpg">'
    article = read(story_html(head=head, above=LINE), of=UNKNOWN)
    assert article.authors == ("زهرا کریمی",)
    assert article.translators == ("سهیل دانا", "م. رها")
    assert [image.credit for image in article.images] == ["Wakil Kohsar/AFP"]
    assert article.text == "\n\n".join(STORY)


def test_structured_data_names_translators() -> None:
    head = """<script type="application/ld+json">{"@type": "NewsArticle", "headline": "x",
    "author": {"name": "Zarghuna Amini"}, "translator": {"name": "T. Daryab"}}</script>"""
    article = read(story_html(head=head), of=UNKNOWN)
    assert (article.authors, article.translators) == (("Zarghuna Amini",), ("T. Daryab",))


@pytest.mark.parametrize("account", ["admin", "senjed_admin", "editor2", "Microsoft Word User"])
def test_an_account_is_no_author(account: str) -> None:
    head = f'<meta name="author" content="{account}">'
    assert read(story_html(head=head), of=UNKNOWN).authors == ()
    shown = read(story_html(head=head, above="<p>By Zahra* and Adminah Karimi</p>"), of=UNKNOWN)
    assert shown.authors == ("Zahra*", "Adminah Karimi")


def test_the_sites_own_name_by_the_headline_is_a_collective() -> None:
    article = read(story_html(above="<p>News of the Valley</p>"), of=UNKNOWN)
    assert article.authors == ("News of the Valley",)


INTERVIEW = (
    "خبرنگار: خوش آمدید.",
    "زرغونه: سپاس از شما که وقت گذاشتید.",
    "خبرنگار: شما در کجا به دنیا آمده‌اید؟",
    "زرغونه: در یک دره در شمال کشور، در خانه‌ای که پنج دختر داشت و یک چاه.",
    "خبرنگار: سپاس.",
)


def test_questions_of_an_interview_are_text_and_no_names() -> None:
    article = read(story_html("".join(f"<p>{line}</p>" for line in INTERVIEW)), of=BODY)
    assert article.authors == ()
    assert article.text == "\n\n".join(INTERVIEW)


def test_other_stories_bylines_make_no_dialogue() -> None:
    others = "".join(f"<div><h3>Other {n}</h3><p>نویسنده: نام {n}</p></div>" for n in "الف")
    article = read(story_html(above="<p>نویسنده: زهرا احمدی</p>", below=others), of=BODY)
    assert article.authors == ("زهرا احمدی",)


@pytest.mark.parametrize("head", ["", '<meta name="author" content="News of the Valley">'])
def test_who_signs_below_the_text(head: str) -> None:
    signed = "<p>نویسنده: زهرا احمدی</p><p>مترجم: سهیل دانا</p><p>عکس: رویترز</p>"
    body = "".join(f"<p>{p}</p>" for p in STORY) + f"{signed}<p>منبع: کلچه</p>"
    article = read(
        story_html(body, head=f'{head}<meta property="og:image" content="/w.jpg">'), of=BODY
    )
    assert (article.authors, article.translators) == (("زهرا احمدی",), ("سهیل دانا",))
    assert [image.credit for image in article.images] == ["رویترز"]
    assert article.text == "\n\n".join((*STORY, "منبع: کلچه"))


def test_the_outlet_itself_is_no_source() -> None:
    body = "".join(f"<p>{p}</p>" for p in STORY) + "<p>Source: News of the Valley</p>"
    assert read(story_html(body), of=BODY).text == "\n\n".join(STORY)


def test_the_byline_above_goes_before_the_one_below() -> None:
    body = "".join(f"<p>{p}</p>" for p in STORY) + "<p>نویسنده: زهرا احمدی</p>"
    assert read(story_html(body, above="<p>By Zarghuna Amini</p>"), of=BODY).authors == (
        "Zarghuna Amini",
    )
