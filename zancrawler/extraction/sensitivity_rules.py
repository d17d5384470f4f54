"""The phrases by which `sensitivity` marks an article, rule by rule.

A phrase is a pair: a word that must be in the text, and the pattern around it that must match.
Patterns are in lower case and in the spelling of `sensitivity.plain`: ی and ک for every ye and
kaf, a space for the joiner, ASCII digits.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """A mark and what fires it: (a word that must stand there, the phrase around it)."""

    name: str
    phrases: tuple[tuple[str, str], ...]


_AGE = r"(?<!\d)(?:[1-9]|1[0-7])"
_AGE_EN = (
    f"(?:{_AGE}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
    "|fifteen|sixteen|seventeen)"
)
_AGE_FA = (
    rf"(?:{_AGE}|\b(?:دو|سه|چهار|پنج|شش|هفت|هشت|نه|ده|یازده|دوازده|سیزده|چهارده|پانزده|شانزده"
    "|هفده))"
)
_AGE_PS = (
    rf"(?:{_AGE}|\b(?:دوه|درې|څلور|پنځه|شپږ|اووه|اته|نهه|لس|یوولس|دولس|دوولس|دیارلس|څوارلس"
    "|پنځلس|شپاړس|اولس|اوولس))"
)
_CHILD_EN = (
    r"(?:girl|boy|child|daughter|son|sister|brother|student|pupil|schoolgirl|schoolboy|teenager"
    r"|bride|niece|nephew|orphan|victim|baby|infant)s?\b"
)
_CHILD_FA = (
    r"\b(?:دختر|دخترک|پسر|پسرک|کودک|طفل|نوجوان|نوزاد|شاگرد|متعلم|دانش آموز|خواهر|برادر|عروس"
    r"|فرزند)(?:ی|م|ش|شان| ام| اش)?\b"
)
_CHILD_PS = (
    r"\b(?:نجلۍ|نجلی|انجلۍ|انجلی|نجونې|هلک|هلکان|ماشوم|ماشومه|ماشومې|لور|لورګانې|زوی|خور|ورور|ناوې)"
)

MINOR = Rule(
    "minor",
    # A person under 18, by age, or a word for a wrong that is done to children. Children in
    # general (schools, vaccination) do not fire it.
    (
        ("year old ", rf"{_AGE_EN}[- ]years?[- ]old (?:\w+ )?{_CHILD_EN}"),
        ("years old ", rf"{_AGE_EN}[- ]years?[- ]old (?:\w+ )?{_CHILD_EN}"),
        ("-old ", rf"{_AGE_EN}[- ]years?[- ]old (?:\w+ )?{_CHILD_EN}"),
        ("-year-old", rf"{_AGE_EN}-year-old,? (?:was|were|had|has|is|who|said|told|named)\b"),
        ("-year-old", rf"\b{_CHILD_EN},? (?:a )?{_AGE_EN}-year-old"),
        (" aged ", rf"\b{_CHILD_EN},? (?:who is |who was )?aged {_AGE_EN}\b"),
        ("girl of ", rf"\bgirl of {_AGE_EN}\b"),
        ("boy of ", rf"\bboy of {_AGE_EN}\b"),
        ("child of ", rf"\bchild of {_AGE_EN}\b(?! (?:years?[- ])?(?:per|%))"),
        ("underage", r"\bunderage\b"),
        ("child", r"\bchild (?:bride|marriage|soldier|abuse)s?\b"),
        ("minor", r"\bminor (?:girl|boy)s?\b"),
        ("ساله", rf"{_CHILD_FA}(?: \w+)? {_AGE_FA} ?ساله"),
        ("ساله", rf"{_AGE_FA} ?ساله (?:است|بود|به نام|ام\b|اش را)"),
        ("زیر سن", r"\bزیر سن\b"),
        ("ازدواج", r"ازدواج (?:اجباری )?(?:کودکان|اطفال|کودک)\b"),
        ("کودک", r"کودک همسری|سربازان? کودک"),
        ("کلن", rf"{_AGE_PS} ?کلن(?:ه|ې|ۍ|ی)?\b(?: \w+)? {_CHILD_PS}"),
        ("کلن", rf"{_CHILD_PS}\w*(?: \w+){{0,2}} {_AGE_PS} ?کلن"),
        ("کاله عمر", rf"{_CHILD_PS}\w*(?: \w+){{0,4}} {_AGE_PS} کاله عمر"),
        ("ماشومانو", r"د ماشومانو (?:واده|ودونه|ودونو)"),
        ("کم عمر", r"\bکم عمر(?:ه|ې|و)? (?:نجون|نجل|واده|ودون)"),
    ),
)

DETAINEE = Rule(
    "detainee",
    # Somebody was arrested, is held, or has been taken away.
    (
        ("detain", r"\bdetain(?:ed|ees?|s|ing)\b"),
        ("detention", r"\bdetention\b"),
        ("arrest", r"(?<!cardiac )\barrest(?:ed|s)?\b"),
        ("imprison", r"\bimprison(?:ed|ment)\b"),
        ("jail", r"\bjailed\b|\bin jail\b"),
        ("custody", r"\bin (?:\w+ )?custody\b(?! of (?:her|his|the child))"),
        ("prisoner", r"\bprisoners?\b"),
        ("behind bars", r"\bbehind bars\b"),
        ("abduct", r"\babduct(?:ed|ions?|ing)\b"),
        ("disappear", r"\b(?:forcibly disappeared|enforced disappearance)"),
        ("بازداشت", r"بازداشت"),
        ("دستگیر", r"دستگیر"),
        ("زندانی", r"زندانی"),
        # «بندی» alone would be every «جمع‌بندی» and «رتبه‌بندی».
        ("بندیان", r"\bبندیان\b"),
        ("محبوس", r"محبوس"),
        ("حبس", r"\bحبس\b(?! نفس)"),
        ("توقیف", r"\bتوقیف(?! (?:موتر|کالا|نشریه))"),
        ("ربوده", r"ربوده (?:شد|است|اند)"),
        ("ناپدید", r"ناپدید(?: شدن)? اجباری|ناپدید کرد"),
        ("نیول", r"(?:نیول|ونیول)\w* (?:شو|شوی|دی\b|ده\b|کېږ|کیږ)"),
        ("ونیو", r"\bطالبانو\b(?: \w+){0,8} (?:و)?نیول|\b(?:یې|کس|کسان|تنه|خبریال\w*) ونیو"),
        ("بندی", r"\bبندی (?:شوی|شول|کړی|کړل|کړ)\b"),
        ("وتښتول", r"وتښتول"),
        ("لادرک", r"لادرک"),
    ),
)

SEXUAL_VIOLENCE = Rule(
    "sexual-violence",
    # «تجاوز» and «تېری» alone are also invasions and breaches of a law: a victim or «جنسی» must
    # stand beside them.
    (
        ("rap", r"\brap(?:e|ed|es|ist|ists|ing)\b"),
        ("sexual", r"\bsexual(?:ly)? (?:violence|assault|abus|harass|exploit|slave|attack|violat)"),
        ("molest", r"\bmolest(?:ed|ation|ing)\b"),
        ("bacha", r"\bbacha ba[zr]i\b"),
        ("prostitution", r"\bforced prostitution\b"),
        (
            "جنسی",
            r"(?:تجاوز|خشونت|خشونت های|آزار|آزارهای|اذیت|تعرض|سوء ?استفاده|سو استفاده|بردگی"
            r"|استثمار)(?: های)? جنسی",
        ),
        ("تجاوز", r"تجاوز گروهی|مورد تجاوز قرار"),
        (
            "تجاوز",
            r"\b(?:بر|به) (?:یک |این )?(?:زن|دختر|پسر|کودک|طفل|خانم)\w*(?: \w+){0,3} تجاوز",
        ),
        ("تجاوز", r"تجاوز (?:بر|به) (?:یک |این |چند )?(?:زن|دختر|پسر|کودک|طفل|خانم|زندانی)"),
        ("بچه باز", r"بچه بازی"),
        ("جنسی", r"جنسی (?:تېری|تیری|ځورون|تاوتریخوال|بدچلند|ناوړه ګټ|تجاوز)"),
    ),
)

SUICIDE = Rule(
    "suicide",
    # Bombers are not meant: `suicide attack`, «انتحاری», «ځانمرګی».
    (
        (
            "suicid",
            r"\bsuicid(?:e|es|al)\b(?![- ](?:bomb|attack|vest|blast|squad|mission|car|explos"
            r"|assault|truck|jacket|brigade|force|unit|operation))",
        ),
        (
            "own li",
            r"\b(?:took|taken|taking|end(?:ed|ing)?) (?:her|his|their) own li(?:fe|ves)\b",
        ),
        (" herself", r"\b(?:killed|hanged|hung|poisoned|burned) herself\b"),
        (" himself", r"\b(?:killed|hanged|hung|poisoned|burned) himself\b"),
        (" themselves", r"\b(?:killed|hanged|hung|poisoned|burned) themselves\b"),
        ("immolat", r"\bself-immolat"),
        ("set h", r"\bset (?:herself|himself) (?:on fire|ablaze|alight)\b"),
        ("خودکشی", r"خودکشی"),
        ("خود کشی", r"\bخود کشی\b"),
        ("خودسوزی", r"خودسوزی"),
        ("خود سوزی", r"\bخود سوزی"),
        ("را حلق", r"را حلق ?آویز"),
        ("خود", r"\bخود(?:ش)? را (?:کشت\b|آتش زد|به دار|مسموم)"),
        ("به زندگی", r"به زندگی (?:خود|خودش|اش|خویش|شان) (?:پایان|خاتمه)"),
        ("ځان", r"\bځان ?وژن|\bځان (?:یې )?(?:وواژه|ووژل|وژل|غرغره|ځړول|ځړولی|مسموم)"),
        ("ځان", r"\bځان(?: ته)? (?:یې )?(?:اور|وسوځ|سوځ)"),
        ("خپل ژوند", r"\bخپل ژوند(?: ته)? (?:یې )?(?:د )?پای"),
    ),
)

NAME_WITHHELD = Rule(
    "name-withheld",
    # The outlet, or the person, says that a name is kept back.
    (
        (
            "not w",
            r"\b(?:did|does|do) not w(?:ant|ish) (?:to be (?:named|identified|quoted by name)"
            r"|(?:her|his|their) (?:\w+ )?name)",
        ),
        ("not to be", r"\bnot to be (?:named|identified)\b"),
        ("anonym", r"\b(?:condition of|requested|granted|under|asked for) anonymity\b"),
        ("anonymously", r"\b(?:spoke|speaking|speaks|said) (?:\w+ )?anonymously\b"),
        ("withh", r"\bnames? (?:has|have|is|are|was|were|being)(?: been| being)? withheld\b"),
        (
            "withh",
            r"\bwithh(?:eld|olding|old) (?:her|his|their|the)(?: \w+){0,2} (?:names?|identit)",
        ),
        ("name", r"\bnames? (?:has|have|is|are) not been (?:disclosed|revealed|published)"),
        ("real name", r"\b(?:reveal|disclos|us)(?:e|ed|ing) (?:her|his|their) real names?"),
        ("خواست", r"نخواست\w*(?: \w+){0,3} (?:نام|اسم|هویت)"),
        ("خواه", r"\bنمی ?خواه\w*(?: \w+){0,3} (?:نام|اسم|هویت)"),
        (
            "شو",
            r"\b(?:نام|اسم|هویت)\w*(?: \w+){0,3} "
            r"(?:فاش|افشا|ذکر|گرفته|برده|منتشر|نشر|آشکار) (?:نشود|نشوند|شود)",
        ),
        ("فاش", r"فاش نشدن (?:نام|اسم|هویت)"),
        ("افشای", r"\bافشای (?:نام|اسم|هویت)"),
        ("نام", r"\b(?:نام|هویت)\w*(?: \w+){0,4} محفوظ|بدون (?:ذکر|گرفتن) نام"),
        ("ناشناس", r"شرط ناشناس"),
        ("نوم", r"نه (?:غواړ\w+|یې غوښتل|غوښتل)(?: \w+){0,4} نوم"),
        ("نوم", r"نه یې (?:غوښتل|غوښت)(?: چې)? (?:خپل )?نوم"),
        (
            "نوم",
            r"\bنوم (?:یې |مې )?(?:دې )?(?:خپور|ښکاره|افشا|فاش|وانه|واخیستل|واخیستل شی|یاد) "
            r"(?:نه|نشی|نه شی)",
        ),
        (
            "نوم",
            r"د (?:خپل )?نوم (?:د|له) (?:نه )?"
            r"(?:ښودلو|ښودنې|اخیستلو|اخیستو|افشا کولو|خپرولو|یادولو) (?:په شرط|پرته|نه)",
        ),
        ("نوم", r"\bنوم یې (?:پټ|خوندی|محفوظ|نه دی (?:په ډاګه|ښودل|خپور))"),
    ),
)

PSEUDONYM = Rule(
    "pseudonym",
    # A name is not the real one. `STARRED_NAME` belongs to this rule.
    (
        ("pseudonym", r"\bpseudonyms?\b"),
        ("pen name", r"\bpen name\b"),
        ("real name", r"\bnot (?:her|his|their) real names?\b"),
        ("name", r"\bnames?(?: of [\w ,]{1,60})? (?:has|have) been (?:changed|altered)"),
        ("changed", r"\bchanged (?:her|his|their|the) names?\b|\bname changed\b"),
        ("مستعار", r"\bمستعار\b"),
        (
            "نام",
            r"\b(?:نام|اسم)\w*(?: \w+){0,6} (?:تغییر (?:داده|کرده|یافته)|عوض شده|مستعار است)",
        ),
        ("نوم", r"\bنوم(?:ونه)?(?: \w+){0,5} (?:بدل|بدله) (?:شو|کړ)"),
    ),
)

STARRED_NAME = r"(?<![*\w])(?:[A-Z][a-z]{2,}|[آ-ی]{3,})\*(?![*\w])"
"""The asterisk that newsrooms put on a changed name: `Zahra*`, «زهرا*»."""

RULES = (MINOR, DETAINEE, SEXUAL_VIOLENCE, SUICIDE, NAME_WITHHELD, PSEUDONYM)
