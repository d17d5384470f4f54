from __future__ import annotations

import json
from html import escape

import pytest
from made_pages import STORY, outlet, read, rules, story_html

from zancrawler.extraction.pictures import caption_and_credit, original_url

BODY = outlet(articles=(rules(body=(".story",), drop=(".related",)),))
BASE = "https://news.example/2025/09/18/a"
FILE = "https://static.wixstatic.com/media/37f6d3_ab~mv2.jpg"


@pytest.mark.parametrize(
    ("url", "original"),
    [
        (f"{FILE}/v1/fill/w_125,h_82,al_c,q_80,blur_2,enc_avif/x.jpg", FILE),
        (f"{FILE}/v1/fit/w_1000%2Ch_1000%2Cal_c%2Cq_80/file.png", FILE),
        (FILE.replace("~", "%7E") + "/v1/crop/x_1,y_2/fill/w_1/x.jpg", FILE),
        (FILE, FILE),
        (
            "/wp-content/uploads/2025/09/well-300x188.jpg",
            "https://news.example/wp-content/uploads/2025/09/well.jpg",
        ),
        ("//cdn.example/a.jpg", "https://cdn.example/a.jpg"),
        ("data:image/gif;base64,R0", None),
        ("http://[bad/a.jpg", None),
    ],
)
def test_the_file_that_was_uploaded(url: str, original: str | None) -> None:
    assert original_url(url, BASE) == original


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Women in Kabul. Photo: A/B", ("Women in Kabul.", "A/B")),
        ("Photo: Wakil Kohsar/AFP", (None, "Wakil Kohsar/AFP")),
        ("زنان در کابل. عکس: رویترز", ("زنان در کابل.", "رویترز")),
        ("People wait (Image source: CNN)", ("People wait", "CNN")),
        ("A photo of the source of the river", ("A photo of the source of the river", None)),
        ("", (None, None)),
    ],
)
def test_captions_and_credits(text: str, parts: tuple[str | None, str | None]) -> None:
    assert caption_and_credit(text) == parts


def test_a_wix_figure_gives_the_original_and_not_the_blurred_thumbnail() -> None:
    info = escape(json.dumps({"imageData": {"uri": "37f6d3_ab~mv2.jpg"}}), quote=True)
    figure = f"""<figure><wow-image data-image-info="{info}"><img alt="A well"
    src="{FILE}/v1/fill/w_1,blur_2/x.jpg"></wow-image><figcaption>The well. Photo: AFP</figcaption>
    </figure><p>{STORY[0]}</p>"""
    (image,) = read(story_html(figure), of=BODY).images
    assert (image.url, image.caption, image.credit, image.alt) == (
        FILE,
        "The well.",
        "AFP",
        "A well",
    )


def test_the_picture_above_the_story_and_its_caption() -> None:
    above = (
        '<div class="featured"><img src="/well.jpg"><p class="wp-caption-text">عکس: نوری</p></div>'
    )
    (image,) = read(story_html(above=above), of=BODY).images
    assert (image.url, image.credit) == ("https://news.example/well.jpg", "نوری")


def test_no_avatars_icons_or_other_stories_pictures() -> None:
    body = f"""<img alt="Writer: Z" src="/z.jpg"><img src="/avatar/1.jpg"><img width=1 src="/p.gif">
    <div class=related><img src="/other.jpg"></div><p>{STORY[0]}</p>"""
    after = '<section><img src="/latest.jpg"></section>'
    assert read(story_html(body, below=after), of=BODY).images == ()
