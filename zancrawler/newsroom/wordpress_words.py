"""The words of WordPress themes in the newsroom's languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """The template's own words in one language."""

    by: str
    also: str
    related: str
    latest: str
    shares: str
    views: str
    tags: str
    subscribe: str
    required: str
    older: str
    comments: str
    commenter: str
    """Who comments under every article, and what: never to be collected."""
    comment: str


WORDS = {
    "fa-AF": Words(
        by="توسط",
        also="بیشتر بخوانید",
        related="مطالب مرتبط",
        latest="تازه‌ترین خبرها",
        shares="اشتراک",
        views="بازدید",
        tags="برچسب‌ها:",
        subscribe="در خبرنامه سپیدار نام‌نویسی کنید",
        required="* خانه‌های ضروری",
        older="نوشته‌های پیشین",
        comments="دیدگاه‌ها",
        commenter="خواننده‌ای از کابل",
        comment="همسایه ما هم همین را می‌گفت، کاش زودتر می‌نوشتید.",
    ),
    "en": Words(
        by="by",
        also="Read Also",
        related="Related Posts",
        latest="Latest News",
        shares="SHARES",
        views="VIEWS",
        tags="Tags:",
        subscribe="Sign up for the Sapidar newsletter",
        required="* indicates required",
        older="Older posts",
        comments="Comments",
        commenter="A reader in Herat",
        comment="My neighbour says the same, I wish you had written this sooner.",
    ),
    "ps": Words(
        by="لیکوال:",
        also="دا هم ولولئ",
        related="اړوند مطالب",
        latest="تازه خبرونه",
        shares="شریکول",
        views="کتنې",
        tags="ټګونه:",
        subscribe="د سپیدار خبرپاڼه ترلاسه کړئ",
        required="* اړین ځایونه",
        older="پخوانۍ لیکنې",
        comments="تبصرې",
        commenter="یو لوستونکی",
        comment="زموږ ګاونډي هم همدا خبره کوله، کاش وختي مو لیکلې وای.",
    ),
}
