"""Month and weekday names, as Afghan, Iranian and international pages spell them.

Names only; the arithmetic is in `calendars`. Spellings that differ by no more than a variant
letter (ي/ی, ګ/گ), a joiner or harakat are listed once: `dates_folding` makes them equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from zancrawler.extraction.calendars import Calendar
from zancrawler.extraction.dates_folding import fold_word

GREGORIAN = (
    "january|jan|جنوری|جنوري|ژانویه|يناير",
    "february|feb|فبروری|فیبروری|فبرورۍ|فوریه|فبراير",
    "march|mar|مارچ|مارس",
    "april|apr|اپریل|اپرېل|آوریل|آپریل|أبريل",
    "may|می|مې|مه|مئی|مايو",
    "june|jun|جون|ژوئن|يونيو",
    "july|jul|جولای|جولایی|جولائی|ژوئیه|ژوییه|يوليو",
    "august|aug|اگست|آگوست|اوت|أغسطس",
    "september|sept|sep|سپتمبر|سپټمبر|سپتامبر|سبتمبر",
    "october|oct|اکتوبر|اکټوبر|اکتبر|أكتوبر",
    "november|nov|نومبر|نوامبر|نوفمبر",
    "december|dec|دسمبر|دسامبر|ديسمبر|ډسمبر",
)

SOLAR_HIJRI = (
    "حمل|وری|فروردین|hamal|farvardin",
    "ثور|غویی|غوایی|غوایې|اردیبهشت|saur|sawr|sowr|thawr|ordibehesht",
    "جوزا|غبرګولی|خرداد|jawza|jauza|jowza|khordad",
    "سرطان|چنګاښ|تیر|saratan|sartan|tir",
    "اسد|زمری|زمرې|مرداد|امرداد|asad|assad|mordad",
    "سنبله|سمبله|وږی|وږې|شهریور|sunbula|sonbola|sonbula|sumbula|shahrivar",
    "میزان|تله|تلې|مهر|mizan|mehr",
    "عقرب|لړم|آبان|aqrab|aban",
    "قوس|لیندۍ|لینده|آذر|qaws|qaus|qows|azar",
    "جدی|مرغومی|دی|jadi|jaddi|jady|dey",
    "دلو|سلواغه|سلواغې|بهمن|dalw|dalwa|dalwe|dalv|bahman",
    "حوت|کب|اسفند|اسپند|hut|hoot|esfand",
)

HIJRI = (
    "محرم|محرم الحرام|muharram",
    "صفر|صفر المظفر|صفرالمظفر|safar",
    "ربیع الاول|rabi al-awwal|rabi' al-awwal",
    "ربیع الثانی|ربیع الاخر|rabi al-thani|rabi' al-thani",
    "جمادی الاول|جمادی الاولی|جمادی الاولیه|jumada al-awwal|jumada al-ula",
    "جمادی الثانی|جمادی الثانیه|جمادی الاخر|جمادی الاخری|جمادی الاخره"
    "|jumada al-thani|jumada al-akhirah",
    "رجب|رجب المرجب|rajab",
    "شعبان|شعبان المعظم|sha'ban|shaban",
    "رمضان|رمضان المبارک|ramadan|ramazan",
    "شوال|شوال المکرم|shawwal|shawal",
    "ذوالقعده|ذیقعده|ذی القعده|ذو القعده|ذی قعده|dhu al-qadah|dhul qadah|dhu al-qi'dah",
    "ذوالحجه|ذیحجه|ذی الحجه|ذو الحجه|ذی حجه|dhu al-hijjah|dhul hijjah|zulhijja",
)

_EVERYDAY = """
حمل ثور جوزا سرطان اسد میزان عقرب قوس جدی دلو حوت وری غویی غوایی زمری وږی تله تلی لړم کب
تیر مهر آبان آذر دی بهمن محرم صفر رجب شعبان می مه مارس اوت جون
may march mar hamal asad assad mizan jadi hut hoot tir mehr aban azar dey bahman safar rajab shaban
"""
EVERYDAY_WORDS = frozenset(fold_word(_EVERYDAY).split())
"""Month names that are also words, names or verb prefixes: cancer, bow, balance, earnest, Asad.

In running text such a name is a month only where something beside it says so.
"""

WEEKDAYS = (
    "monday|mon|دوشنبه|دو شنبه|دوشنبې",
    "tuesday|tues|tue|سه شنبه|سېشنبه|سې شنبې|سه شنبې",
    "wednesday|weds|wed|چهارشنبه|چهار شنبه|چارشنبه|چارشنبې|چهارشنبې",
    "thursday|thurs|thur|thu|پنجشنبه|پنج شنبه|پنجشنبې|پنج شنبې",
    "friday|fri|جمعه|آدینه|جمعې",
    "saturday|sat|شنبه|شنبې",
    "sunday|sun|یکشنبه|یک شنبه|یکشنبې",
)
"""In `date.weekday()`'s order."""


@dataclass(frozen=True, slots=True)
class Month:
    calendar: Calendar
    number: int


@cache
def month_names() -> dict[str, Month]:
    """Folded spelling, in lower case, to month."""
    tables = (
        (Calendar.HIJRI, HIJRI),
        (Calendar.SOLAR_HIJRI, SOLAR_HIJRI),
        (Calendar.GREGORIAN, GREGORIAN),
    )
    return {
        fold_word(spelling): Month(calendar, number)
        for calendar, months in tables
        for number, spellings in enumerate(months, start=1)
        for spelling in spellings.split("|")
    }


@cache
def weekday_names() -> dict[str, int]:
    """Folded spelling, in lower case, to 0 (Monday) to 6 (Sunday)."""
    return {
        fold_word(spelling): number
        for number, spellings in enumerate(WEEKDAYS)
        for spelling in spellings.split("|")
    }
