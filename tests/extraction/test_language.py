"""Dari apart from Iranian Persian, Pashto apart from both, English, and the neighbours."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zancrawler.extraction.language import LONGEST_SAMPLE, by_paragraph, detect, languages_in

ZAN_NEWS = ("en", "fa-AF", "ps")
SENTENCES = Path(__file__).parents[2] / "benchmarks" / "language.tsv"


def tag_of(text: str, *expected: str) -> str | None:
    guess = detect(text, expected)
    return guess.tag if guess else None


def labelled() -> list[tuple[str, str, str]]:
    lines = SENTENCES.read_text("utf-8").splitlines()
    return [(tag, length, text) for tag, length, text in (line.split("\t") for line in lines)]


@pytest.mark.parametrize("tag", ["fa-AF", "fa-IR", "ps", "en"])
@pytest.mark.parametrize("length", ["short", "long"])
def test_our_labelled_sentences(tag: str, length: str) -> None:
    """At least nine in ten by the text alone, headlines of three words among them."""
    texts = [text for t, size, text in labelled() if (t, size) == (tag, length)]
    assert len(texts) >= 30
    right = sum(tag_of(text) == tag for text in texts)
    assert right >= 0.9 * len(texts)


@pytest.mark.parametrize("tag", ["fa-AF", "ps", "en"])
def test_an_afghan_outlet_gets_its_own_languages_right(tag: str) -> None:
    wrong = [text for t, _, text in labelled() if t == tag and tag_of(text, *ZAN_NEWS) != tag]
    assert wrong == []


def test_persian_is_never_taken_for_pashto_nor_the_other_way() -> None:
    answers = Counter(
        (tag.split("-")[0], (tag_of(text) or "und").split("-")[0]) for tag, _, text in labelled()
    )
    assert not answers["fa", "ps"]
    assert not answers["ps", "fa"]


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("بو ولایتده قیزلر اوچون مکتب یوق", "uz"),
        ("Бугун Кобулда янги мактаб очилди", "uz"),
        ("Toshkentda qizlar uchun yangi maktab ochildi", "uz"),
        ("Дар Душанбе вазири корҳои хориҷӣ суханронӣ кард", "tg"),
        ("أعلنت الحكومة في كابول يوم الاثنين عن قرارات جديدة", "ar"),
        ("کابل میں خواتین کا احتجاج جاری ہے", "ur"),
        ("ژنان لە شەقامەکان خۆپیشاندانیان کرد", "ckb"),
        ("قىزلارنىڭ مەكتەپلىرى تاقالدى", "ug"),
        ("Le ministre a parlé lundi devant le parlement", "fr"),
        ("Der Minister hat am Montag in Berlin gesprochen", "de"),
        ("El ministro habló el lunes en Madrid", "es"),
        ("De minister of zijn plaatsvervanger was over de kwestie in gesprek met de kamer", "nl"),
        ("Il ministro ha parlato lunedì davanti al parlamento della situazione", "it"),
        ("Statsministern talade på måndagen om kvinnornas rätt till utbildning", "sv"),
        ("Россия признала власть талибов в Афганистане", "ru"),
        ("Bakanlık salı günü açıklama yaptı", "tr"),
    ],
)
def test_neighbours_and_others(text: str, tag: str) -> None:
    assert tag_of(text) == tag
    assert tag_of(text, *ZAN_NEWS) == tag


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("د كابل پوهنتون", "ps"),  # Arabic kaf
        ("ښاغلی څرخي گفت که از کابل می‌رود", "fa"),  # a Pashto name in a Persian sentence
        ("د فیسبوک پر پاڼه Facebook Live", "ps"),
        ("مرکز Women for Afghan Women در شهر بسته شد", "fa"),
        ("TALIBAN BAN WOMEN FROM THE PARKS OF THE CITY", "en"),
    ],
)
def test_what_misleads(text: str, tag: str) -> None:
    assert (tag_of(text) or "").split("-")[0] == tag


def test_persian_that_says_neither_is_the_outlets_own() -> None:
    neutral = "او گفت که این کار را تمام کرده است"
    assert tag_of(neutral) == "fa"
    assert tag_of(neutral, "ps", "fa-AF") == "fa-AF"
    assert tag_of(neutral, "fa-IR") == "fa-IR"


def test_an_outlet_does_not_override_what_a_text_says_plainly() -> None:
    iranian = "استاندار تهران گفت که پلیس و اورژانس استان با خودروهای تازه تجهیز شدند"
    assert tag_of(iranian, "fa-AF", "ps") == "fa-IR"
    assert tag_of("The women of the city said that they will not leave", "fa-AF") == "en"


def test_afghan_places_alone_are_a_weak_sign() -> None:
    guess = detect("طالبان در پنجشیر و بدخشان و کابل و هرات و قندهار با مردم افغانستان جنگیدند")
    assert guess is not None
    assert guess.tag == "fa-AF"
    assert guess.score < 0.8


@pytest.mark.parametrize("text", ["", " \n\n ", "۱۲۳ 456", "—!؟", "\u200c\u200f"])
def test_no_letters_no_language(text: str) -> None:
    assert detect(text) is None
    assert set(by_paragraph(text)) == {None}


def test_paragraphs_of_a_mixed_text() -> None:
    text = (
        "زنان معترض در کابل می‌گویند که از حق کار و آموزش محروم شده‌اند.\n\n"
        "کابل\n\n"
        "پس از آن، در ولسوالی‌های هرات نیز زنان به جاده‌ها آمدند و خواهان باز شدن مکاتب شدند.\n\n"
        "د ښځو د حقونو فعالان وايي چې نړیواله ټولنه دې چوپ پاتې نه شي.\n\n"
        "The women said that they would not be silent.\n\n"
        "***"
    )
    tags = [guess and guess.tag for guess in by_paragraph(text, ("fa-AF", "ps"))]
    assert tags == ["fa-AF", "fa-AF", "fa-AF", "ps", "en", None]


DARI = "زنان معترض در کابل می‌گویند که از حق کار و آموزش محروم شده‌اند."
PASHTO = "د ښځو د حقونو فعالان وايي چې نړیواله ټولنه دې چوپ پاتې نه شي."
ENGLISH = "The women said that they would not be silent."


@pytest.mark.parametrize(
    ("parts", "tags"),
    [
        ([DARI] * 3 + [PASHTO, ENGLISH], ("fa-AF", "ps", "en")),
        ([PASHTO] * 3 + [DARI], ("ps", "fa-AF")),
        ([ENGLISH] * 3 + [DARI], ("en", "fa-AF")),
        ([DARI, "کابل", DARI, "BBC", "***"], ("fa-AF",)),
        ([DARI, "Human Rights Watch"], ("fa-AF",)),
        ([ENGLISH, "Der Minister hat am Montag in Berlin gesprochen"], ("en",)),
        (["***"], ()),
    ],
)
def test_the_languages_of_a_mixed_text(parts: list[str], tags: tuple[str, ...]) -> None:
    text = "\n\n".join(parts)
    assert languages_in(text, detect(text, ("fa-AF", "ps")), ("fa-AF", "ps")) == tags


def test_the_pages_own_word_is_believed_where_it_is_confirmed() -> None:
    text = (
        "Le ministre a parlé lundi devant le parlement, et les députés ont posé des questions. " * 9
    )
    for declared in ("fr", "fr-FR", "FR_fr", "de", "xx", "", None):
        guess = detect(text, declared=declared)
        assert guess is not None
        assert guess.tag == "fr"
    assert tag_of(DARI, "fa-AF") == detect(DARI, ("fa-AF",), "en").tag  # type: ignore[union-attr]


@given(st.text(max_size=200), st.lists(st.sampled_from(["fa-AF", "ps", "en", "xx"]), max_size=3))
def test_any_text_has_one_guess_or_none(text: str, expected: list[str]) -> None:
    guess = detect(text, expected)
    assert guess is None or 0 < guess.score <= 1
    assert len(by_paragraph(text, expected)) == len(text.split("\n\n"))


def test_only_the_head_of_a_long_text_is_read() -> None:
    """Thirty megabytes take no longer than three thousand characters."""
    text = "زنان در کابل می‌گویند که " * 1_200_000
    assert len(text) > 1_000 * LONGEST_SAMPLE
    start = time.process_time()
    assert tag_of(text, "fa-AF") == "fa-AF"
    assert time.process_time() - start < 1


def test_dari_about_iran_stays_dari() -> None:
    text = (
        "در استان‌های کرمان و یزد در ایران صدها خانواده از ولسوالی‌های غور بدون تذکره زندگی می‌کنند. "
        "آن‌ها می‌گویند که هر ماه پنج میلیون تومان کرایه می‌دهند "
        "و سپاه پاسداران آن‌ها را به زاهدان می‌برد."
    )
    assert tag_of(text, *ZAN_NEWS) == "fa-AF"


def test_iranian_persian_of_the_same_places_stays_iranian() -> None:
    text = (
        "استاندار کرمان در گفت‌وگو با ایسنا از پرداخت یارانه به خانوارهای شهرستان خبر داد و گفت که "
        "ثبت‌نام تا پایان شهریور ادامه دارد. مدیرکل بهداشت استان یزد نیز از ساخت درمانگاه خبر داد."
    )
    assert tag_of(text, "fa-IR") == "fa-IR"
    assert tag_of(text, *ZAN_NEWS) == "fa-IR"


def test_letters_in_the_forms_of_old_fonts_are_letters() -> None:
    text = "زنان در کابل می گویند که آب نیست و هر روز راه می روند"
    forms = text.translate({ord(a): b for a, b in zip("زندرکبل", "ﺯﻥﺩﺭﮎﺏﻝ", strict=True)})
    assert forms != text
    assert tag_of(forms, *ZAN_NEWS) == tag_of(text, *ZAN_NEWS) == "fa-AF"
    assert languages_in(forms, detect(forms, ZAN_NEWS), ZAN_NEWS) == ("fa-AF",)
