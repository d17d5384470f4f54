"""Each rule in three languages, and the near misses that must not fill the steward's queue."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zancrawler.extraction.sensitivity import plain, sensitivity
from zancrawler.extraction.sensitivity_rules import RULES, Rule

NAMES = tuple(rule.name for rule in RULES)

FIRES = {
    "minor": [
        "Her daughter, a 12-year-old, was never found.",
        "Three minor girls were sold.",
        "The 16-year-old boy and a child of 7 slept outside.",
        "نازنین ۱۳ ساله است و کار می‌کند.",
        "ازدواج اجباری کودکان ممنوع شود.",
        "نجلۍ یوازې ۱۲ کلنه وه.",
        "هغه ماشوم لا ۸ کاله عمر نه لري.",
        "د کم عمره نجونو واده",
        "A 14-year-old girl was married to a commander.",
        "The twelve-year-old student walked home.",
        "Zarmina, a girl of 13, sells bread.",
        "A boy of twelve carried the bricks.",
        "An 11 year old girl and a nine years old brother were sold.",
        "Her son, aged 9, crossed the border alone.",
        "The 15-year-old was taken from school.",
        "Underage marriage is rising.",
        "They call it child marriage.",
        "دختر ۱۴ ساله‌ای به نام زرمینه در غور فروخته شد.",
        "پسر نُه ساله در معدن کار می‌کند.",
        "کودک همسری در بادغیس افزایش یافته است.",
        "دختران زیر سن به شوهر داده می‌شوند.",
        "یوه ۱۳ کلنه نجلۍ واده ته اړ شوه.",
        "دولس کلن هلک په کان کې کار کوي.",
        "د ماشومانو ودونه زیات شوي دي.",
    ],
    "detainee": [
        "Conditions in detention are harsh.",
        "He was sentenced to two years of imprisonment.",
        "A prisoner of conscience died.",
        "The editor was jailed and the poet is in jail.",
        "Enforced disappearances continue.",
        "بندیان سیاسی در محابس",
        "دو زن هنوز محبوس‌اند.",
        "او به سه سال حبس محکوم شد.",
        "تلفون خبرنگار و خود او توقیف شدند.",
        "ناپدید شدن اجباری معترضان",
        "هغه بندي شوی دی.",
        "وسله والو یې زوی وتښتوله او وتښتول یې",
        "ورور یې لادرکه دی.",
        "Two journalists were detained in Khost.",
        "Police arrested four women on Sunday.",
        "She spent a year behind bars.",
        "He is still in Taliban custody.",
        "The family of the abducted teacher waits.",
        "طالبان سه زن معترض را بازداشت کردند.",
        "یک خبرنگار در هرات دستگیر شد.",
        "زندانیان محبس پلچرخی اعتصاب کردند.",
        "دو فعال مدنی از سوی افراد ناشناس ربوده شدند.",
        "طالبانو په هرات کې درې خبریالان ونیول.",
        "هغه د کور له مخې نیول شوی دی.",
        "په زندان کې زنداني مېرمنې",
    ],
    "sexual-violence": [
        "The guard molested the boy.",
        "Women were sold into forced prostitution.",
        "او بر دختری جوان تجاوز کرد.",
        "بچه‌بازی جرم است.",
        "The prisoner said that she was raped.",
        "Survivors of sexual violence have no shelter.",
        "Boys are kept for bacha bazi.",
        "این زن در زندان مورد تجاوز قرار گرفته است.",
        "خشونت‌های جنسی پنهان می‌ماند.",
        "او را به اتهام تجاوز بر یک دختر خردسال گرفتند.",
        "آزار و اذیت جنسی در محل کار",
        "پر هغې جنسي تېری شوی دی.",
        "د جنسي ځورونې پېښې",
    ],
    "suicide": [
        "She set herself on fire.",
        "آمار خود کشی بالا رفت.",
        "خودسوزی در هرات",
        "زنی خودش را آتش زد.",
        "هغه خپل ژوند ته د پای ټکی کېښود.",
        "A young woman took her own life in Ghor.",
        "Suicide among girls has doubled.",
        "She hanged herself at home.",
        "He poisoned himself, and two men burned themselves before the gate.",
        "Cases of self-immolation in Herat",
        "خودکشی دختران در بدخشان",
        "زنی در فاریاب خودش را حلق‌آویز کرد.",
        "او به زندگی خود پایان داد.",
        "آمار خود‌سوزی بالا رفته است.",
        "په غور کې یوې نجلۍ ځان وواژه.",
        "د ځان وژنې پېښې زیاتې شوې.",
        "هغې پر ځان اور ولګاوه او ځان یې وسوځاوه.",
    ],
    "name-withheld": [
        "The nurse spoke anonymously.",
        "Their names have not been disclosed.",
        "We are not using her real name.",
        "از افشای نام او خودداری می‌کنیم.",
        "او به شرط ناشناس ماندن گفت.",
        "وایي نوم یې خپور نه شي.",
        "A teacher who did not want her name disclosed said so.",
        "The officer spoke on condition of anonymity.",
        "He asked not to be named for security reasons.",
        "Her name has been withheld.",
        "We are withholding her name to protect her family.",
        "یک استاد که نخواست نامش در گزارش گرفته شود، گفت.",
        "این منبع که نمی‌خواهد هویتش فاش شود، می‌افزاید.",
        "او به شرط فاش نشدن نامش سخن گفت.",
        "نام این خانم نزد ما محفوظ است.",
        "یوې ښځې چې نه یې غوښتل نوم یې واخیستل شي، وویل.",
        "هغه چې نه غواړي نوم یې خپور شي، وايي.",
        "یوې مېرمنې چې نوم یې نه دی په ډاګه شوی، وویل.",
        "د نوم د نه ښودلو په شرط یې وویل.",
    ],
    "pseudonym": [
        "She writes under a pen name.",
        "We changed her name.",
        "د هغې نوم په دې راپور کې بدل شوی.",
        "Zahra* has not left the house in weeks.",
        "Maryam (a pseudonym) teaches in secret.",
        "*Names have been changed to protect identities.",
        "Laila is not her real name.",
        "زهرا* می‌گوید که دیگر امید ندارد.",
        "فرشته (نام مستعار) آموزگار است.",
        "نام‌های آمده در این گزارش تغییر داده شده است.",
        "ثریا [مستعار نوم] وايي.",
    ],
}

NEAR_MISSES = [
    "A 12-year-old war ended.",
    "جمع‌بندی شد و رتبه‌بندی کرده‌اند",
    "او حبس نفس می‌کند و خود کشید",
    "The 40-year-old woman runs a bakery.",
    "Children were vaccinated in the province.",
    "Men aged 18 and over may vote.",
    "He has 14 years of experience.",
    "جنگ ۱۴ ساله پایان یافت.",
    "زن ۴۰ ساله دکان دارد.",
    "برنامه پنج ساله وزارت",
    "کودکان در هرات واکسین شدند.",
    "څلوېښت کلنه مېرمن کار کوي.",
    "د شل کلنې جګړې پای",
    "He died of cardiac arrest.",
    "An arresting photograph of the valley",
    "The custody of her children",
    "غونډه یې نن په کابل کې ونیوله.",
    "بندیدن راه",
    "تجاوز شوروی به افغانستان",
    "نیروهای متجاوز از خاک کشور رفتند.",
    "تجاوز به حریم هوایی ایران",
    "Rapeseed and grapes were harvested.",
    "Drapery for sale",
    "د هوایي حریم تېری",
    "A suicide bombing killed ten.",
    "The suicide attacker wore a vest.",
    "حمله انتحاری در کابل",
    "په کابل کې ځانمرګی برید",
    "هغه ځان ته کور جوړ کړ.",
    "او خود را کشته و زخمی نمی‌داند",
    "The anonymous donor gave books.",
    "He did not want her to leave.",
    "او نخواست به خانه برگردد.",
    "نام این مکتب چیست؟",
    "د ښوونځي نوم ملالۍ دی.",
    "The name of the street has changed.",
    "5*3 and **bold** text",
    "* indicates required",
    "Real Madrid won.",
    "نوم یې ملالۍ دی.",
    "",
]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [(name, sentence) for name, listed in FIRES.items() for sentence in listed],
)
def test_fires(name: str, sentence: str) -> None:
    assert name in sensitivity(None, sentence)
    assert name in sensitivity(sentence, "")


@pytest.mark.parametrize("sentence", NEAR_MISSES)
def test_near_misses(sentence: str) -> None:
    assert sensitivity(sentence, sentence) == ()


def test_every_rule_has_examples() -> None:
    assert set(FIRES) == set(NAMES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_no_phrase_is_dead(rule: Rule) -> None:
    text = plain("\n\n".join(FIRES[rule.name])).lower()
    dead = [p for word, p in rule.phrases if word not in text or not re.search(p, text)]
    assert dead == []


def test_order_and_no_doubles() -> None:
    text = "\n\n".join(sentence for listed in reversed(FIRES.values()) for sentence in listed)
    assert sensitivity("A suicide and an arrest", text) == NAMES


@pytest.mark.parametrize("author", ["Zahra*", "زهرا (مستعار)", "Laila (a pseudonym)"])
def test_authors_may_bear_the_mark(author: str) -> None:
    assert sensitivity("Title", "Text", [author]) == ("pseudonym",)
    assert sensitivity("Title", "Text", ["Zahra Joya"]) == ()


def test_joiners_letters_and_digits_make_no_difference() -> None:
    for sentence in ("دختر ۱۴ ساله", "دختر ١٤\u200cساله", "دختر 14ساله", "دختر\u200cِ ۱۴ ساله"):
        assert sensitivity(None, sentence) == ("minor",)
    assert sensitivity(None, "بچه\u200cبازي") == ("sexual-violence",)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_phrases_are_written_in_the_spelling_they_are_matched_in(rule: Rule) -> None:
    """A phrase with an Arabic ye, a joiner or a capital could never match."""
    for word, phrase in rule.phrases:
        letters = re.sub(r"\\.", "", phrase)
        assert plain(letters) == letters.strip()
        assert letters == letters.lower()
        assert plain(f"x{word}x") == f"x{word}x"


@given(st.text(max_size=100), st.text(max_size=300))
def test_any_text_gives_known_names_in_order(title: str, text: str) -> None:
    names = sensitivity(title, text)
    assert list(names) == [name for name in NAMES if name in names]


@pytest.mark.parametrize(
    "word", ["دختر ", "نام ", "نوم ", "بر دختر ", "names of a ", "طالبانو x ", "خواه "]
)
def test_no_repetition_takes_long(word: str) -> None:
    start = time.process_time()
    sensitivity(None, word * (200_000 // len(word)))
    assert time.process_time() - start < 3
