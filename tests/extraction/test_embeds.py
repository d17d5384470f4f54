from __future__ import annotations

import pytest
from made_pages import STORY, outlet, read, rules, story_html

from zancrawler.extraction.article import Embed, EmbedKind

BODY = outlet(articles=(rules(body=(".story",), drop=(".player",)),))
TWEET = """<blockquote class="twitter-tweet"><p>The pump has come
<a href="https://t.co/abc">t.co/abc</a></p>&mdash; Zarghuna (@z)
<a href="https://twitter.com/z/status/17?ref_src=x">September 18, 2025</a></blockquote>"""


@pytest.mark.parametrize(
    ("html", "kind", "url"),
    [
        (TWEET, "post", "https://twitter.com/z/status/17?ref_src=x"),
        (
            '<blockquote class="instagram-media" data-instgrm-permalink="https://instagram.com/p/1/">'
            "</blockquote>",
            "post",
            "https://instagram.com/p/1/",
        ),
        ('<iframe src="//www.youtube.com/embed/x"></iframe>', "video", "https://www.youtube.com/embed/x"),
        (
            '<iframe data-src="https://www.facebook.com/plugins/video.php?href=1"></iframe>',
            "video",
            "https://www.facebook.com/plugins/video.php?href=1",
        ),
        ('<iframe src="https://t.me/news/12?embed=1"></iframe>', "post", "https://t.me/news/12?embed=1"),
        ('<video><source src="/v/well.mp4"></video>', "video", "https://news.example/v/well.mp4"),
        ('<audio src="/a.mp3"></audio>', "audio", "https://news.example/a.mp3"),
        ('<iframe src="https://maps.example/k"></iframe>', "frame", "https://maps.example/k"),
        (
            '<figure class="wp-block-embed"><div class="wp-block-embed__wrapper">\n'
            "https://youtu.be/x\n</div></figure>",
            "video",
            "https://youtu.be/x",
        ),
        ('<blockquote class="tiktok-embed" cite="https://www.tiktok.com/@a/video/1"></blockquote>',
         "video", "https://www.tiktok.com/@a/video/1"),
        ('<div class="fb-post" data-href="https://www.facebook.com/p/1"></div>', "post",
         "https://www.facebook.com/p/1"),
    ],
)  # fmt: skip
def test_what_is_shown_from_elsewhere(html: str, kind: str, url: str) -> None:
    body = f"<p>{STORY[0]}</p>{html}<p>{STORY[1]}</p>"
    assert read(story_html(body), of=BODY).embeds == (Embed(EmbedKind(kind), url),)


@pytest.mark.parametrize(
    "html",
    [
        '<iframe src="about:blank"></iframe>',
        '<iframe src="https://www.googletagmanager.com/ns.html?id=G"></iframe>',
        "<iframe></iframe>",
        '<div class="player"><video src="/v.mp4"></video></div>',
        "<blockquote><p>She said so.</p></blockquote>",
        '<div class="wp-block-embed__wrapper">not an address</div>',
    ],
)
def test_what_is_no_embed(html: str) -> None:
    assert read(story_html(f"<p>{STORY[0]}</p>{html}"), of=BODY).embeds == ()


def test_the_text_is_the_same_with_and_without() -> None:
    video = '<iframe src="https://www.youtube.com/embed/x"></iframe>'
    with_it = read(story_html(f"<p>{STORY[0]}</p>{video}<p>{STORY[1]}</p>"), of=BODY)
    assert with_it.text == "\n\n".join(STORY[:2])
