"""What stands around a story, and the sentences that only look like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_pages import STORY, outlet, read, rules, story_html

from zancrawler.extraction.extract import NoArticle
from zancrawler.extraction.lines import (
    ends_the_story,
    is_date_line,
    is_furniture,
    is_head_line,
    leads_onward,
)
from zancrawler.extraction.textblocks import key_of
from zancrawler.outlets import Outlet
from zancrawler.outlets.platforms.wordpress import PRESET

BODY = outlet(articles=(rules(body=(".story",)),))
UNKNOWN = outlet(languages=())


@pytest.mark.parametrize(
    "line",
    [
        "18 September 2025",
        "Sep 18",
        "3 hours ago",
        "۱۵ اسد ۱۴۰۴",
        "شنبه، ۲۵ اسد ۱۴۰۴",
        "سه‌شنبه، ۱ تله ۱۴۰۴",
        "اول میزان ۱۴۰۴",
        "د وري لومړۍ ۱۴۰۴",
        "۲ جدی ۱۴۰۳ خورشیدی برابر با ۲۱ جمادی‌الثانی ۱۴۴۶ قمری",
        "2 Jadi 1403 (22 December 2024)",
        "۲۲ / مرغومی / ۱۴۰۳",
        "تاریخ نشر: ۱۴۰۴/۰۵/۱۵",
    ],
)
def test_a_date_alone(line: str) -> None:
    assert is_date_line(line)
    text = read(story_html(f"<p>{line}</p>" + "".join(f"<p>{p}</p>" for p in STORY)), of=BODY).text
    assert text == "\n\n".join(STORY)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "On 18 September 2025 the women of four villages began to walk.",
        "در ۱۵ اسد ۱۴۰۴ زنان روستا به شهر آمدند و آب خواستند.",
        "په ۱۵ زمری ۱۴۰۴ نجونې ښار ته راغلې او اوبه یې وغوښتې.",
        "Eleven metres",
        "May",
    ],
)
def test_a_sentence_with_a_date(line: str) -> None:
    assert not is_date_line(line)


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("03:07", is_furniture),
        ("© All rights reserved. You may republish.", is_furniture),
        ("(c) 2024 News of the Valley", is_furniture),
        ("(C) News of the Valley. All rights reserved.", is_furniture),
        ("اشتراک‌گذاری", is_furniture),
        ("برچسب‌ها: آب، زنان", is_furniture),
        ("Pages: 1 2", is_furniture),
        ("مطلب پیشنهادی", leads_onward),
        ("مرتبط: چاه دیگر", leads_onward),
        ("شمار خوانندگان: ۲۳۱۷", is_furniture),
        ("لیدنې: ۵۱۲", is_furniture),
        ("Readers: 2317", is_furniture),
        ("(Last Updated On: April 11, 2024)", is_head_line),
        ("Published on Monday", is_head_line),
        ("Posted 3 days ago", is_head_line),
        ("Updated: just now", is_head_line),
        ("به‌روزرسانی: امروز", is_head_line),
        ("Published by Zan News", is_head_line),
        ("۵ دقیقه مطالعه", is_head_line),
        ("Read also: Another well", leads_onward),
        ("این را هم بخوانید: چاه دیگر", leads_onward),
        ("بیش\u200cتر بخوانید: چاه دیگر", leads_onward),
        ("بيشتر بخوانيد: چاه دیگر", leads_onward),
        ("هم\u200cچنین بخوانید:", leads_onward),
        ("همچنان بخوانید: چاه دیگر", leads_onward),
        ("این خبر را هم بخوانید: چاه دیگر", leads_onward),
        ("دا هم ولولئ", leads_onward),
        ("Latest", ends_the_story),
        ("Related Topics:", ends_the_story),
        ("تازه‌ترین‌ها", ends_the_story),
        ("وروستي خبرونه", ends_the_story),
    ],
)
def test_the_pages_own_words(line: str, rule: object) -> None:
    assert callable(rule)
    assert rule(line)


@pytest.mark.parametrize(
    "line",
    [
        "Read more than one book, she said.",
        "Readers: they are what keeps the paper alive.",
        "Latest talks fail",
        "(c) Women shall not speak loudly outside of their homes.",
        "Related work is done by women",
        "نظرات مردم در باره آب",
        "به‌روزرسانی قانون مطبوعات",
        "Posted to the front, she wrote letters",
        "Published poets read in exile",
        "این را هم بخوانید و هم بنویسید",
    ],
)
def test_sentences_that_begin_like_them(line: str) -> None:
    assert not any(
        rule(line) for rule in (is_furniture, is_head_line, leads_onward, ends_the_story)
    )


@given(st.text(max_size=200))
def test_any_line_is_judged(line: str) -> None:
    for rule in (is_furniture, is_head_line, leads_onward, ends_the_story):
        assert rule(line) in (True, False)


def test_stories_that_a_theme_appends_are_cut_off() -> None:
    appended = "".join(f"<p>{p}</p>" for p in reversed(STORY))
    body = "".join(f"<p>{p}</p>" for p in STORY) + f"<p>Related Topics:</p><h2>Other</h2>{appended}"
    assert read(story_html(body), of=BODY).text == "\n\n".join(STORY)


def test_a_story_that_opens_with_such_a_heading_is_kept() -> None:
    body = f"<h2>Latest</h2><p>{STORY[0]}</p><p>{STORY[1]}</p>"
    assert read(story_html(body), of=BODY).text.endswith(STORY[1])


def test_times_in_a_table_are_kept() -> None:
    table = (
        "<table><tr><td>Kabul</td><td>03:07</td></tr><tr><td>Herat</td><td>03:19</td></tr></table>"
    )
    body = f"<p>{STORY[0]}</p>{table}"
    assert read(story_html(body), of=BODY).text.endswith("Kabul\t03:07\nHerat\t03:19")


OLD = """<HTML><HEAD><TITLE>The Leek - Your Weekly</TITLE></HEAD><BODY><TABLE><TR><TD COLSPAN=2>
<FONT SIZE=5><B>The Leek</B></FONT></TD></TR><TR><TD><A HREF="1.htm">News</A><BR><A HREF="2.htm">
Sport</A><BR><A HREF="3.htm">Culture</A><BR><A HREF="4.htm">Video</A><BR></TD><TD><TABLE><TR><TD>
<FONT SIZE=1>Sunday, June 14, 2009</FONT><BR><FONT SIZE=5><B>A well in the valley</B></FONT><BR>
<I>By Zarghuna Amini</I><BR><BR>{}<BR><BR></TD></TR></TABLE></TD></TR></TABLE></BODY></HTML>"""


def test_a_page_of_the_time_before_headlines_were_marked() -> None:
    article = read(OLD.format("<BR><BR>".join(STORY)), of=UNKNOWN)
    assert article.title == "A well in the valley"
    assert article.authors == ("Zarghuna Amini",)
    assert f"{article.date_published:%Y-%m-%d}" == "2009-06-14"
    assert article.text == "\n\n".join(STORY)


def test_a_poem_is_found_below_its_headline() -> None:
    verses = [
        "حویلی ما کوچک است<br>اما هر شب<br>آسمان<br>تمامش در آن جا می‌شود",
        "مادرم برف را می‌روبد",
    ]
    body = "".join(f"<p>{verse}</p>" for verse in verses)
    article = read(f"<html><body><div><h1>دو شعر</h1><p>اول میزان ۱۴۰۴</p>{body}</div>", of=UNKNOWN)
    assert article.text.startswith("حویلی ما کوچک است\nاما هر شب")
    assert article.text.endswith(verses[1])


def test_a_pull_quote_is_no_second_sentence_and_a_quotation_is_one() -> None:
    pulled = "<blockquote>“We leave before the sun and return”</blockquote>"
    said = "<blockquote><p>Nobody asked us.</p></blockquote>"
    body = f"<p>{STORY[0]}</p>{pulled}<p>{STORY[1]}</p>{said}<p>{STORY[2]}</p>"
    text = read(story_html(body), of=BODY).text
    assert text.split("\n\n") == [*STORY[:2], "Nobody asked us.", STORY[2]]


def test_what_the_page_sets_apart_stays_apart() -> None:
    """Headings, lists, quotations and verses; captions belong to their pictures."""
    figure = "<figure><img src=/w.jpg><figcaption>The well. Photo: AFP</figcaption></figure>"
    body = f"""<p>{STORY[0]}</p><h2>Depth</h2><ul><li>Eleven metres</li><li>Thirty feet</li></ul>
    {figure}<blockquote><p>Nobody asked us.</p><p>Nobody came.</p></blockquote>
    <p>First verse<br>second verse</p><p>{STORY[1]}</p>"""
    article = read(story_html(body), of=BODY)
    assert article.text.split("\n\n") == [
        STORY[0],
        "Depth",
        "Eleven metres\nThirty feet",
        "Nobody asked us.",
        "Nobody came.",
        "First verse\nsecond verse",
        STORY[1],
    ]
    assert [(i.caption, i.credit) for i in article.images] == [("The well.", "AFP")]


def test_a_standfirst_that_is_the_first_paragraph_is_said_once() -> None:
    body = "".join(f"<p>{p}</p>" for p in (STORY[0], *STORY))
    assert read(story_html(body), of=BODY).text == "\n\n".join(STORY)


def test_the_next_storys_article_is_not_this_ones() -> None:
    other = "".join(f"<p>Elsewhere, {p}</p>" for p in STORY)
    own = "".join(f"<p>{p}</p>" for p in STORY)
    html = f"""<html><head><title>A well in the valley</title></head><body><main>
    <article><header><h1>A well in the valley</h1></header>{own}</article>
    <article><header><h2>A road in the hills</h2></header>{other}</article></main></body></html>"""
    assert read(html, of=UNKNOWN).text == "\n\n".join(STORY)


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ('<a href="/2025/09/01/a-road">A road in the hills</a>', False),
        ('<a href="https://www.news.example/2025/09/01/a-road">A road</a>', False),
        ('<a href="https://other.example/report.pdf">The whole report</a>', True),
        ('See <a href="/2025/09/01/a-road">A road in the hills</a>', True),
        ('<a href="#notes">Notes</a>', True),
        ("<a>No link</a>", True),
    ],
)
def test_a_line_that_is_a_link_to_another_story(line: str, kept: bool) -> None:
    body = f"<p>{STORY[0]}</p><p>{line}</p><p>{STORY[1]}</p>"
    blocks = read(story_html(body), of=BODY).text.split("\n\n")
    assert len(blocks) == 2 + kept


def test_a_caption_of_wordpress_is_no_text() -> None:
    caption = (
        '<div class="wp-caption"><img src=/w.jpg><p class="wp-caption-text">The well</p></div>'
    )
    body = "".join(f"<p>{p}</p>" for p in (STORY[0], STORY[1]))
    preset = PRESET.articles[0]
    own = outlet(articles=(rules(body=(".story",), drop=preset.drop),))
    assert read(story_html(body + caption), of=own).text == "\n\n".join(STORY[:2])


@pytest.mark.parametrize("heading", ["Comments", "دیدگاه‌ها", "نظرات", "تبصرې"])
def test_what_people_think_is_a_part_of_the_story(heading: str) -> None:
    body = "".join(f"<p>{p}</p>" for p in STORY) + f"<h2>{heading}</h2><p>{STORY[0]} They said.</p>"
    article = read(story_html(body), of=BODY)
    assert article.text.split("\n\n")[3:] == [heading, f"{STORY[0]} They said."]
    assert article.warnings == ("date-day",)


def test_what_is_cut_off_the_end_is_said() -> None:
    more = "".join(f"<p>Elsewhere, {p}</p>" for p in STORY)
    body = "".join(f"<p>{p}</p>" for p in STORY)
    _, warning = read(story_html(f"{body}<h3>Related Topics:</h3>{more}"), of=BODY).warnings
    name, _, letters = warning.partition(":")
    assert name == "end_cut"
    assert len("".join(STORY)) * 0.7 < int(letters) < len(more)
    one = f"<p>Elsewhere, {STORY[2]}</p>"
    _, few = read(story_html(f"{body}<h3>Related Topics:</h3>{one}"), of=BODY).warnings
    assert few == f"end_cut:{len(key_of('Elsewhere' + STORY[2]))}"
    links = "".join(f'<p><a href="/2025/{n}">Elsewhere, {p}</a></p>' for n, p in enumerate(STORY))
    assert read(story_html(f"{body}<h3>Related Topics:</h3>{links}"), of=BODY).warnings == (
        "date-day",
    )


POEM = (
    "حویلی ما کوچک است",
    "اما هر شب آسمان تمامش در آن جا می‌شود",
    "مادرم برف را می‌روبد",
    "و من ستاره‌ها را می‌شمارم",
)


@pytest.mark.parametrize(
    "verses", [("A well in the valley", *POEM), (POEM[0], *POEM), (POEM[1], POEM[1], *POEM[2:])]
)
def test_all_verses_of_a_poem_are_kept(verses: tuple[str, ...]) -> None:
    body = "".join(f"<p>{verse}</p>" for verse in verses)
    assert read(story_html(body), of=BODY).text.split("\n\n") == list(verses)


LANDAY = ("جانانه راشه چې یو ځای شو", "زه به په سرو شونډو ځواب درکړمه")


@pytest.mark.parametrize("between", ["<br>", "</p><p>"])
@pytest.mark.parametrize("title", LANDAY)
@pytest.mark.parametrize("of", [BODY, UNKNOWN])
def test_both_verses_of_a_landay_are_kept(between: str, title: str, of: Outlet) -> None:
    html = story_html(f"<p>{between.join(LANDAY)}</p>").replace("A well in the valley", title)
    article = read(html, of=of)
    assert article.title == title
    assert article.text.split() == " ".join(LANDAY).split()


def test_a_title_once_more_as_a_heading_is_no_verse() -> None:
    body = "<h2>A well in the valley</h2><p>The women speak of water.</p>"
    assert read(story_html(body), of=BODY).text == "The women speak of water."


@pytest.mark.parametrize(
    "line", ["منبع: رویترز", "سرچینه: پژواک", "Source: Reuters", "منبع: گزارش ملل، هفتم سنبله"]
)
@pytest.mark.parametrize("of", [BODY, UNKNOWN])
def test_where_a_text_was_taken_from_is_kept_at_its_head(line: str, of: Outlet) -> None:
    body = f"<p>نویسنده: مینا سحر</p><p>{line}</p>" + "".join(f"<p>{p}</p>" for p in STORY)
    article = read(story_html(body), of=of)
    assert article.text == "\n\n".join((line, *STORY))
    assert article.authors == ("مینا سحر",)


def test_a_line_that_names_its_author_too_is_no_text() -> None:
    line = "نویسنده: مینا سحر | منبع: رویترز"
    body = f"<p>{line}</p>" + "".join(f"<p>{p}</p>" for p in STORY)
    article = read(story_html(body), of=BODY)
    assert (article.text, article.authors) == ("\n\n".join(STORY), ("مینا سحر",))


@pytest.mark.parametrize(
    "opening",
    [
        "<p>﷽</p>",
        "<h2>Social media</h2>",
        "<h2>به‌روزرسانی قانون</h2>",
        "<p>A well in the valley is dry, they say.</p>",
    ],
)
def test_openings_that_look_like_the_pages_head(opening: str) -> None:
    html = story_html(opening + "".join(f"<p>{p}</p>" for p in STORY))
    text = read(html, of=BODY).text.split("\n\n")
    assert f">{text[0]}<" in opening
    assert text[1:] == list(STORY)


def test_a_flash_whose_one_sentence_is_its_headline() -> None:
    assert read(story_html("<p>A well in the valley</p>"), of=BODY).text == "A well in the valley"
    with pytest.raises(NoArticle):
        read(story_html("<h2>A well in the valley</h2><p>Share</p>"), of=BODY)


def test_a_writer_signs_with_place_and_day() -> None:
    body = "".join(f"<p>{p}</p>" for p in STORY)
    signed = f"{body}<p>Your mother</p><p>کابل، ۱۵ اسد ۱۴۰۴</p>"
    assert read(story_html(signed), of=BODY).text.endswith("Your mother\n\nکابل، ۱۵ اسد ۱۴۰۴")
    for stamp in ("۱۵ اسد ۱۴۰۴", "تاریخ نشر: ۱۵ اسد ۱۴۰۴", "Published on 5 August 2025"):
        assert read(story_html(f"{body}<p>{stamp}</p>"), of=BODY).text == "\n\n".join(STORY)


def test_the_title_over_a_poem_is_its_title() -> None:
    head = "<p>A well in the valley</p><p>18 September 2025</p>"
    body = head + "".join(f"<p>{verse}</p>" for verse in POEM)
    assert read(story_html(body), of=BODY).text.split("\n\n") == list(POEM)


def test_a_poem_as_it_was_typed() -> None:
    typed = f"<pre>{POEM[0]}\n   {POEM[1]}\n \n{POEM[2]}<br>{POEM[3]}\n</pre>"
    text = read(story_html(f"<p>{STORY[0]}</p>{typed}<p>{STORY[1]}\nEnd.</p>"), of=BODY).text
    verses = ["\n".join(POEM[:2]), "\n".join(POEM[2:])]
    assert text.split("\n\n") == [STORY[0], *verses, f"{STORY[1]} End."]


def test_the_times_of_a_live_blog_are_kept_and_a_players_are_not() -> None:
    entries = "".join(f"<p>1{n}:30</p><p>{p}</p>" for n, p in enumerate(STORY))
    assert read(story_html(entries), of=BODY).text.split("\n\n")[::2] == ["10:30", "11:30", "12:30"]
    player = f"<p>{STORY[0]}</p><p>0:00</p><p>3:07</p><p>{STORY[1]}</p><p>0:00</p><p>{STORY[2]}</p>"
    assert read(story_html(player), of=BODY).text == "\n\n".join(STORY)


def test_captions_alone_are_a_gallerys_text() -> None:
    body = "".join(
        f"<figure><img src=/{n}.jpg><figcaption>{p}</figcaption></figure>"
        for n, p in enumerate(STORY)
    )
    assert read(story_html(body), of=BODY).text == "\n\n".join(STORY)


def test_the_name_that_signs_the_first_paragraph_is_a_byline_above_it() -> None:
    first = f"Spring Post: {STORY[0]}"
    body = f"<p>Spring Post</p><p>{first}</p><p>{STORY[1]}</p>"
    assert read(story_html(body), of=BODY).text == f"{first}\n\n{STORY[1]}"


def test_lines_of_links_in_one_element_are_each_looked_at_once() -> None:
    """Each with all the others would be a hundred million."""
    story = "".join(f"<p>{paragraph}</p>" for paragraph in STORY)
    links = "<br><br>".join(f"<a href=/post/{n}>Another story, {n}</a>" for n in range(10_000))
    article = read(story_html(f"{story}<div>{links}</div>"), of=BODY)
    assert article.text == "\n\n".join(STORY)
