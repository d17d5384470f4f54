from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_pages import JOINED, NOW, STORY, outlet, read, rules, story_html

from zancrawler.extraction.article import Article
from zancrawler.extraction.memory import SiteMemory, learn

FOLLOW = "Follow us in all the languages of the valley, every day."
BODY = outlet(articles=(rules(body=(".story",)),))


def article(number: int, *texts: str) -> Article:
    url = f"https://news.example/{number}"
    return Article(url=url, canonical_url=url, title=f"Story {number}", text="\n\n".join(texts))


def test_what_recurs_is_learnt_and_cut() -> None:
    memory = learn("news", [article(n, f"Only here {n}.", FOLLOW) for n in range(5)], learnt_at=NOW)
    assert memory.lines == (FOLLOW,)
    html = story_html("".join(f"<p>{p}</p>" for p in (*STORY, FOLLOW)))
    assert read(html, of=BODY).text.endswith(FOLLOW)
    cut = read(html, of=BODY, memory=memory)
    assert cut.text == "\n\n".join(STORY)
    assert "memory_cut:1" in cut.warnings


def test_two_reports_may_share_their_background() -> None:
    stories = [article(n, f"Only here {n}.") for n in range(3)]
    stories += [article(8, "Eight.", STORY[0]), article(9, "Nine.", STORY[0])]
    assert learn("news", stories, learnt_at=NOW).lines == ()


def test_one_story_under_many_urls_teaches_nothing() -> None:
    copies = [replace(article(n, *STORY), title="The same") for n in range(9)]
    assert learn("news", copies, learnt_at=NOW).lines == ()


def test_a_memory_survives_being_written() -> None:
    memory = learn("news", [article(n, JOINED) for n in range(4)], learnt_at=NOW)
    assert SiteMemory.from_json(memory.to_json()) == memory
    assert JOINED in memory.to_json()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"outlet": "a", "learnt_at": "x"}'])
def test_what_is_no_memory(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        SiteMemory.from_json(text)


lines = st.lists(st.sampled_from([*STORY, FOLLOW, JOINED, "a", "***"]), max_size=4)


@given(st.lists(lines, max_size=12), st.randoms())
def test_a_line_of_one_story_is_never_known(texts: list[list[str]], order: object) -> None:
    stories = [article(n, *text) for n, text in enumerate(texts)]
    memory = learn("news", stories, learnt_at=NOW)
    for line in {line for text in texts for line in text}:
        if sum(line in text for text in texts) == 1:
            assert line not in memory.lines
    order.shuffle(stories)  # type: ignore[attr-defined]
    assert learn("news", stories, learnt_at=NOW) == memory
