"""Dates as Afghan, Iranian and English pages print them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from zancrawler.extraction.calendars import Calendar
from zancrawler.extraction.dates import (
    LONGEST_TEXT,
    Hints,
    Precision,
    find_dates,
    parse_date,
    read_date,
    url_date,
)

CAPTURED = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
AUG_6 = "2025-08-06"


def moment(text: str, hints: Hints | None = None) -> str | None:
    """The moment as ISO 8601: the day alone where no more is known."""
    reading = parse_date(text, captured_at=CAPTURED, hints=hints)
    if reading is None:
        return None
    if reading.precision is Precision.DAY:
        return reading.moment.date().isoformat()
    return reading.moment.isoformat()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-08-06", AUG_6),
        ("2025-08-06T10:00:00+04:30", "2025-08-06T05:30:00+00:00"),
        ("2025-08-06T10:00:00.123Z", "2025-08-06T10:00:00+00:00"),
        ("2025-08-06 10:00", "2025-08-06T05:30:00+00:00"),
        ("20250806", AUG_6),
        ("20250806103000", "2025-08-06T06:00:00+00:00"),
        ("20250806T103000Z", "2025-08-06T10:30:00+00:00"),
        ("Wed, 06 Aug 2025 10:00:00 +0430", "2025-08-06T05:30:00+00:00"),
        ("Wed, 06 Aug 2025 10:00:00 GMT", "2025-08-06T10:00:00+00:00"),
        ("Wed Aug 6 12:06:38 2025", "2025-08-06T07:36:38+00:00"),
        ("February 1, 2025", "2025-02-01"),
        ("Sept. 5, 2025", "2025-09-05"),
        ("October 14th, 2025", "2025-10-14"),
        ("5th of May 2024", "2024-05-05"),
        ("6-Sep-24", "2024-09-06"),
        ("Published: January 5, 2025 5:30 pm EST", "2025-01-05T22:30:00+00:00"),
        ("(Last Updated On: September 7, 2022)", "2022-09-07"),
        ("Aug 6, 2025 10:30 AM (UTC+4:30)", "2025-08-06T06:00:00+00:00"),
        ("Aug 6, 2025 12:15 am", "2025-08-05T19:45:00+00:00"),
        ("10:30 - 2025/08/06", "2025-08-06T06:00:00+00:00"),
        ("Saturday, 04/20/2024", "2024-04-20"),
        ("04/20/2024", "2024-04-20"),
        ("4/20/24", "2024-04-20"),
        ("14.10.2025", "2025-10-14"),
        ("٦ مايو ٢٠٢١", "2021-05-06"),
        ("By Zahra Joya, 5 August 2025", "2025-08-05"),
    ],
)
def test_gregorian(text: str, expected: str) -> None:
    assert moment(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("۱۵ اسد ۱۴۰۴", AUG_6),
        ("15 اسد ١٤٠٤", AUG_6),
        ("چهارشنبه، ۱۵ اسد ۱۴۰۴", AUG_6),
        ("سنبله 26, 1400", "2021-09-17"),
        ("۱۸ سنبله ۱۴۰۴", "2025-09-09"),
        ("۱۴۰۱/۱/۱۸", "2022-04-07"),
        ("۲۶-۰۶-۱۴۰۳", "2024-09-16"),
        ("سه‌شنبه ۱۴۰۴/۹/۴", "2025-11-25"),
        ("دهم میزان ۱۴۰۳", "2024-10-01"),
        ("بیست و یکم حوت ۱۴۰۳", "2025-03-11"),
        ("بیست\u200cویکم حوت ۱۴۰۳", "2025-03-11"),
        ("۱۵\u200cاُم اسد ۱۴۰۴", AUG_6),
        ("۱۵ اسد ماه سال ۱۴۰۴", AUG_6),
        ("تاریخ انتشار: ۱۵ اسد ۱۴۰۴ | ساعت: ۱۰:۳۰", "2025-08-06T06:00:00+00:00"),
        ("۱۵ اسد ۱۴۰۴ ساعت ۸:۳۰ شب", "2025-08-06T16:00:00+00:00"),
        ("جمعه ۲۵ عقرب ۱۴۰۳ کابل ۰۲:۳۵", "2024-11-14T22:05:00+00:00"),
        ("1404-05-15T10:30:00+04:30", "2025-08-06T06:00:00+00:00"),
        ("۱۵ مرداد ۱۴۰۴", AUG_6),
        ("۱۹ جولای ۲۰۲۵", "2025-07-19"),
        ("۱۹ ژوئیه ۲۰۲۵", "2025-07-19"),
        ("20 اپریل 2024، ساعت 10:30 ب.ظ", "2024-04-20T18:00:00+00:00"),
        ("لسم وری ۱۴۰۳", "2024-03-29"),
        ("د تلې ۵، ۱۴۰۳", "2024-09-26"),
        ("۵ سلواغې ۱۴۰۳", "2025-01-24"),
        ("۳ اکټوبر ۲۰۲۴", "2024-10-03"),
        ("۱۱ سپټمبر ۲۰۲۴", "2024-09-11"),
        ("د ۲۰۲۵ کال د نومبر ۷مه", "2025-11-07"),
        ("د ۱۴۰۴ لمريز کال د زمري ۱۵مه", AUG_6),
        ("د ۱۴۰۴ کال د اسد په ۱۵مه", AUG_6),
        ("د زمري د میاشتې ۱۵مه ۱۴۰۴", AUG_6),
        ("د ۱۴۰۴ هجري شمسي کال د زمري ۱۵مه", AUG_6),
        ("۱۵ اسد (۶ اگست) ۱۴۰۴", AUG_6),
        ("سال ۱۴۰۴، ۱۵ اسد", AUG_6),
        ("د وږي ۲۷مه ۱۴۰۴ ل، د ماسپښین ۴:۳۰ بجې", "2025-09-18T12:00:00+00:00"),
        ("۲۷ سنبله ۱۴۰۴ ه.ش، ساعت ۱۰:۳۰ بجه قبل از ظهر", "2025-09-18T06:00:00+00:00"),
        ("۱۸ سپتمبر ۲۰۲۵ م، ۱۰:۳۰ به وقت کابل", "2025-09-18T06:00:00+00:00"),
        ("۱۴۰۴/۶/۲۵, ۱۰:۳۰ (\u200e+۱ گرینویچ)", "2025-09-16T09:30:00+00:00"),
        ("سه‌شنبه ۱۴۰۴/۶/۲۵، ۱۰:۳۰ گرینویچ", "2025-09-16T10:30:00+00:00"),
        ("Sep 18, 2025 @ 4:30 P.M. Kabul time", "2025-09-18T12:00:00+00:00"),
        ("17 Qaws 1401", "2022-12-08"),
        ("چهارشنبه ۱۵ اسد ۱۴۰۴ برابر با ۶ اگست ۲۰۲۵ میلادی", AUG_6),
    ],
)
def test_dari_pashto_and_iranian(text: str, expected: str) -> None:
    assert moment(text) == expected


@pytest.mark.parametrize(
    ("clock", "kabul"),
    [
        ("۳:۳۰ بعدازظهر", "15:30"),
        ("۳:۳۰ بعد از ظهر", "15:30"),
        ("۳:۳۰ پس از ظهر", "15:30"),
        ("۳:۳۰ بعد از چاشت", "15:30"),
        ("۳:۳۰ ب\u200cظ", "15:30"),
        ("۳:۳۰ غ.و", "15:30"),
        ("۹:۳۰ غ.م", "09:30"),
        ("۹:۳۰ قبل از چاشت", "09:30"),
        ("۷:۳۰ ماښام", "19:30"),
        ("۴:۳۰ مازدیګر", "16:30"),
        ("۳:۳۰ د ماسپښین", "15:30"),
        ("۳:۳۰ له غرمې وروسته", "15:30"),
        ("۹:۳۰ له غرمې مخکې", "09:30"),
        ("۱۲:۳۰ د غرمې", "12:30"),
        ("۶:۳۰ سهار", "06:30"),
        ("۱۱:۱۵ د شپې", "23:15"),
        ("۱۲:۱۵ شب", "00:15"),
        ("۲:۱۵ شب", "02:15"),
        ("۸:۳۰ شب", "20:30"),
        ("۱۲:۱۵ بامداد", "00:15"),
        ("۱۲:۳۰ ظهر", "12:30"),
        ("۱:۳۰ ظهر", "13:30"),
        ("۱۱:۴۵ ظهر", "11:45"),
        ("شب ۸:۳۰", "20:30"),
        ("د ماسپښین ۳:۳۰", "15:30"),
        ("۱۵:۳۰ عصر", "15:30"),
    ],
)
def test_halves_of_the_day(clock: str, kabul: str) -> None:
    for text in (f"۱۵ اسد ۱۴۰۴ ساعت {clock}", f"{clock} - ۱۵ اسد ۱۴۰۴"):
        reading = parse_date(text, captured_at=CAPTURED)
        assert reading is not None
        assert f"{reading.moment.astimezone(ZoneInfo('Asia/Kabul')):%d %H:%M}" == f"06 {kabul}"


@pytest.mark.parametrize("text", ["۶/۸/۱۴۰۴", "۱۴۰۴/۱۰/۱۲", "۱۴۰۵/۱/۲", "۱۴۰۶/۵/۱۵", "۱۴۱۴/۵/۱۵"])
def test_a_solar_day_to_come_is_no_lunar_day_of_long_ago(text: str) -> None:
    verdict = read_date(text, captured_at=datetime(2025, 8, 10, tzinfo=UTC))
    assert verdict.reading is None
    assert [w.split(":")[0] for w in verdict.warnings] == ["date-future"]


@pytest.mark.parametrize(
    ("text", "expected", "calendar"),
    [
        ("۱ رمضان ۱۴۴۶", "2025-03-01", Calendar.HIJRI),
        ("شنبه، ۱ رمضان ۱۴۴۶", "2025-03-01", Calendar.HIJRI),
        ("یکشنبه، ۱ رمضان ۱۴۴۶", "2025-03-02", Calendar.HIJRI),
        ("۱۴۴۶/۹/۱", "2025-03-01", Calendar.HIJRI),
        ("۱۴۳۰/۹/۱", "2009-08-22", Calendar.HIJRI),
        ("۱۴۰۴/۵/۱۵ هجری شمسی", AUG_6, Calendar.SOLAR_HIJRI),
        ("۱۴۰۴/۵/۱۵ هـ.ق", "1984-02-16", Calendar.HIJRI),
    ],
)
def test_which_calendar(text: str, expected: str, calendar: Calendar) -> None:
    reading = parse_date(text, captured_at=CAPTURED)
    assert reading is not None
    assert reading.moment.date().isoformat() == expected
    assert reading.calendar is calendar
    assert reading.warnings == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("اول سرطان", "2026-06-22"),
        ("(لړم ۱۴ مه)", "2026-11-05"),
        ("- Sep 18", "2026-09-18"),
        ("Dec 31", "2025-12-31"),
        ("first of Mizan", "2026-09-23"),
        ("(شنبه، ۱۱ اسد)", "2025-08-02"),
        ("Monday (October 13)", "2025-10-13"),
        ("on Tuesday (11 November)", "2025-11-11"),
        ("Friday (October 14th)", "2022-10-14"),
        ("۳۰ حوت", "2025-03-20"),
        ("29 February", "2024-02-29"),
    ],
)
def test_without_a_year(text: str, expected: str) -> None:
    """Captured in November 2026. A weekday, or a leap day, reaches back to its own year."""
    reading = parse_date(text, captured_at=CAPTURED)
    assert reading is not None
    assert reading.moment.date().isoformat() == expected
    assert reading.year_inferred
    assert reading.warnings == ()


def test_the_year_comes_from_the_url_and_the_sitemap() -> None:
    assert moment("Sep 18") == "2026-09-18"
    assert moment("Sep 18", Hints(url_date=date(2023, 9, 19))) == "2023-09-18"
    assert moment("Dec 31", Hints(url_date=date(2024, 1, 1))) == "2023-12-31"
    assert moment("Sep 18", Hints(lastmod=datetime(2024, 10, 1, tzinfo=UTC))) == "2024-09-18"
    assert moment("Sep 18", Hints(lastmod=datetime(2024, 9, 1, tzinfo=UTC))) == "2023-09-18"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3 days ago", "2026-11-21"),
        ("a day ago", "2026-11-23"),
        ("Posted 2 hours ago by Zan News", "2026-11-24"),
        ("9 hours ago", "2026-11-24"),
        ("13 hours ago", "2026-11-23"),
        ("5 mins ago", "2026-11-24T07:55:00+00:00"),
        ("just now", "2026-11-24T08:00:00+00:00"),
        ("Yesterday", "2026-11-23"),
        ("۳ روز پیش", "2026-11-21"),
        ("دو روز قبل", "2026-11-22"),
        ("دیروز", "2026-11-23"),
        ("امروز", "2026-11-24"),
        ("۳ ورځې مخکې", "2026-11-21"),
        ("یوه ورځ وړاندې", "2026-11-23"),
        ("پرون", "2026-11-23"),
    ],
)
def test_relative(text: str, expected: str) -> None:
    """Captured at 12:30 in Kabul."""
    reading = parse_date(text, captured_at=CAPTURED)
    assert reading is not None
    assert moment(text) == expected
    assert reading.year_inferred


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("۳۱ میزان ۱۴۰۴", "date-impossible"),
        ("۳۰ حوت ۱۴۰۴", "date-impossible"),
        ("30 February 2024", "date-impossible"),
        ("2025-02-30", "date-impossible"),
        ("2025-13-01", "date-impossible"),
        ("1970-01-01T00:00:00Z", "date-impossible"),
        ("31 اپریل", "date-impossible"),
        ("2027-05-05", "date-future"),
        ("۱۵ اسد ۱۴۰۹", "date-future"),
        ("3 weeks ago", "date-vague"),
        ("یک ماه پیش", "date-vague"),
    ],
)
def test_what_cannot_be_stays_empty_and_is_said(text: str, warning: str) -> None:
    verdict = read_date(text, captured_at=CAPTURED)
    assert verdict.reading is None
    assert [w.split(":")[0] for w in verdict.warnings] == [warning]


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "Zan News", "- 2 min read", "535 results", "12345", "۱۴۰۰", "10:30", "1.2.3.4"),
        *("yesterday or so", "دیروز ۳۰ تن کشته شدند", "۳ روز پیش زنی در کابل کشته شد"),
        *("0001-01-01", "192.168.1.20", "۰۴/۰۵/۱۵", "Mizan", "اسد", "۹۹٫۵"),
    ],
)
def test_what_is_no_date(text: str) -> None:
    verdict = read_date(text, captured_at=CAPTURED)
    assert verdict.reading is None
    assert verdict.warnings == ()


def test_an_impossible_date_does_not_hide_the_next_one() -> None:
    verdict = read_date("31 June 2024, corrected 30 June 2024", captured_at=CAPTURED)
    assert verdict.reading is not None
    assert verdict.reading.moment.date() == date(2024, 6, 30)
    assert verdict.warnings[0].startswith("date-impossible")


def test_a_wrong_weekday_is_reported_and_the_printed_day_stands() -> None:
    reading = parse_date("شنبه ۱۵ اسد ۱۴۰۴", captured_at=CAPTURED)
    assert reading is not None
    assert reading.moment.date().isoformat() == AUG_6
    assert reading.warnings == ("date-weekday: Saturday is named, but 2025-08-06 is a Wednesday",)


@pytest.mark.parametrize(
    ("text", "hints", "expected", "warned"),
    [
        ("04/05/2024", Hints(), "2024-04-05", True),
        ("04/05/2024", Hints(languages=("en-US",)), "2024-04-05", True),
        ("04/05/2024", Hints(languages=("en-GB",)), "2024-05-04", True),
        ("04/05/2024", Hints(languages=("fa-AF",)), "2024-05-04", True),
        ("04-05-2024", Hints(languages=("en",)), "2024-05-04", True),
        ("۰۴/۰۵/۲۰۲۴", Hints(languages=("en",)), "2024-05-04", True),
        ("04/05/2024", Hints(url_date=date(2024, 5, 4)), "2024-05-04", False),
        ("Saturday, 04/05/2024", Hints(), "2024-05-04", False),
        ("05/12/2026", Hints(languages=("fa-AF",)), "2026-05-12", False),
        ("05/05/2024", Hints(), "2024-05-05", False),
        ("13/05/2024", Hints(languages=("en-US",)), "2024-05-13", False),
        ("۰۴/۰۵/۱۴۰۴", Hints(), "2025-07-26", False),
        ("04/05/1404", Hints(languages=("en-US",)), "2025-07-26", False),
    ],
)
def test_which_is_the_month(text: str, hints: Hints, expected: str, warned: bool) -> None:
    reading = parse_date(text, captured_at=CAPTURED, hints=hints)
    assert reading is not None
    assert reading.moment.date().isoformat() == expected
    assert bool(reading.warnings) == warned


def test_the_outlets_zone_is_taken_where_none_is_printed() -> None:
    assert moment("2025-08-06 10:00", Hints(timezone="Europe/London")) == (
        "2025-08-06T09:00:00+00:00"
    )
    assert moment("2025-08-06", Hints(timezone="America/New_York")) == AUG_6
    late = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
    yesterday = parse_date("yesterday", captured_at=late)
    assert yesterday is not None
    assert yesterday.moment.date() == date(2026, 11, 24)  # it is the 25th in Kabul already


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("۲۵ ربیع الاول ۱۴۴۷ ه.ق برابر با ۲۷ سنبله ۱۴۰۴ ه.ش", "۲۷ سنبله ۱۴۰۴ ه.ش"),
        ("۲۵ ربیع الاول ۱۴۴۷ مطابق 18 September 2025", "18 September 2025"),
    ],
)
def test_the_moon_is_the_less_exact_calendar(text: str, raw: str) -> None:
    reading = parse_date(text, captured_at=CAPTURED)
    assert reading is not None
    assert (reading.moment.date(), reading.raw) == (date(2025, 9, 18), raw)
    assert reading.calendar is not Calendar.HIJRI


def test_raw_is_the_pages_own_text() -> None:
    text = "نشر شده \u200f(سه\u200cشنبه، ٤ قوسِ ۱۴۰۴) در کابل"
    reading = parse_date(text, captured_at=CAPTURED)
    assert reading is not None
    assert reading.raw == "سه\u200cشنبه، ٤ قوسِ ۱۴۰۴"


@pytest.mark.parametrize(
    "line",
    [
        "۳ تیر خورد و به شفاخانه رفت",
        "او ۲۰ می‌گوید و ۳۰ می شنود",
        "۱۵ حمل و نقل شهری و ۷ قوس و قزح",
        "در این شهر ۱۲ اسد زندگی می‌کنند",
        "اسد ۱۵ ساله و سرطان ۳۰ زن را کشت",
        "از ۱۰ میزان فروش سخن گفت",
        "این ۵ جدی ترین خطر است",
        "تنها ۲ دلو آب مانده است",
        "۱۸ مهر بر دروازه‌ها زدند",
        "د هغه ۳ کب خوښ دي او تله ۵ کیلو ده",
        "دا ۱۲ دی چې راغلل",
        "Asad 15 said that 20 may be killed as they march 5 miles",
        "Mizan 20 percent, Hut 7 and Jadi 3",
        "۵ صفر به نفع ما",
        "نمره ۱۸ محرم راز او بود",
        "سال ۱۴۰۰ برای زنان سخت بود",
        "version 2.10.2024.1 and 12/13",
        "دیروز و امروز و فردا، ۳ روز پیش",
        "In December, first of all, they left",
        "در ۱۵ سنبله سال گذشته و October 13 last year",
    ],
)
def test_false_friends_in_running_text(line: str) -> None:
    assert find_dates(line, captured_at=CAPTURED) == ()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("در ۱۵ اسد ۱۴۰۰ کابل سقوط کرد", ["2021-08-06"]),
        ("روز (شنبه، ۱۱ اسد) گفته است", ["2025-08-02"]),
        ("یک منبع -۱۲ جوزا- گفت", ["2026-06-02"]),
        ("به تاریخ ۱۵ اسد در هرات", ["2026-08-06"]),
        ("دوشنبه، ۲۸ عقرب، به اطلاعات روز گفت", ["2024-11-18"]),
        ("سرچینو د (لړم ۱۴ مه) وویل", ["2026-11-05"]),
        ("تا ۲۰ سنبله و از ۳ جولای", ["2026-09-11", "2026-07-03"]),
        ("announced on Thursday (3 July) that", ["2025-07-03"]),
        ("On March 2, 2000 people marched", ["2026-03-02"]),
        ("در ۱۵ سنبله ۱۴۰۰ تن به جاده‌ها آمدند", ["2026-09-06"]),
        ("between 5 May and 14 October 2024", ["2026-05-05", "2024-10-14"]),
    ],
)
def test_dates_in_running_text(line: str, expected: list[str]) -> None:
    found = find_dates(line, captured_at=CAPTURED)
    assert [reading.moment.date().isoformat() for reading in found] == expected


def test_a_word_that_may_be_a_date_counts_in_a_date_element_only() -> None:
    assert moment("۵ جدی") == "2025-12-26"
    story = "این ۵ جدی ترین خطر است که کشور ما با آن روبه‌رو بوده و کسی از آن سخن نمی‌گوید" * 2
    assert moment(story) is None


def test_only_the_head_of_a_long_text_is_read() -> None:
    assert moment("x " * LONGEST_TEXT + "2025-08-06") is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://kabul.example/2024/03/07/slug/", date(2024, 3, 7)),
        ("https://kabul.example/news/2024-03-07-slug", date(2024, 3, 7)),
        ("https://kabul.example/world/2024/mar/07/slug", date(2024, 3, 7)),
        ("https://kabul.example/1404/05/15/slug", date(2025, 8, 6)),
        ("https://kabul.example/202410294262", date(2024, 10, 29)),
        ("https://kabul.example/20240307-slug", date(2024, 3, 7)),
        ("https://kabul.example/2024/13/45/", None),
        ("https://kabul.example/2024/abc/05/", None),
        ("https://kabul.example/2024/03/", None),
        ("https://kabul.example/a/12345678.html", None),
        ("https://kabul.example/?date=2024/03/07", None),
    ],
)
def test_url_dates(url: str, expected: date | None) -> None:
    assert url_date(url) == expected


def test_a_day_of_grace_for_zones() -> None:
    tomorrow = (CAPTURED + timedelta(days=1)).date()
    assert moment(tomorrow.isoformat()) == tomorrow.isoformat()
    assert moment((tomorrow + timedelta(days=1)).isoformat()) is None
