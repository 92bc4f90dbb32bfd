"""What clients' words give away besides facts: readiness, doubts, who is asking.

Patterns run over lower-case text with «ё» folded to «е», in Russian, Kazakh and English.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# How many of the client's newest messages a sign is looked for in; old doubts are forgotten.
RECENT, LAST, ALL = 6, 2, 40
MOST_CHARS = 1500


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


SIGNS: dict[str, tuple[int, re.Pattern[str]]] = {
    "ready": (
        RECENT,
        _any(
            r"(?<!не )\b(?:заброниру\w*|брониру(?:ем|й|йте|ю)\b|оформля(?:ем|йте|й)\b|берем\b|"
            r"беру\b|покупаем\b|готов\w* (?:оплат|внести|брон|взять|брать))",
            r"\b(?:куда|как|когда) (?:можно |нужно |надо )?(?:пла|опла|внести|перевести)",
            r"\b(?:хотим|хочу|давайте|можно) (?:за)?(?:брониров|брониру|оформ)\w*",
            r"\bброндайы[кқ]\b|\bброндап|\bт[оө]леуге дайын",
            r"\b(?:let'?s|want to|can (?:i|we)|please) book\b|\bwe'?ll take it\b|how (?:do|can) "
            r"(?:i|we) pay",
        ),
    ),
    "hotel": (
        RECENT,
        _any(
            r"(?<!не )\b(?:выбрал[иа]?\b|определились с|остановил(?:ись|ся|ась) на)",
            r"(?<!не )\b(?:понравил\w+|подходит|устраивает)\b.{0,30}"
            r"\b(?:отел|вариант|первый|втор|трет)",
            r"\b(?:хотим|хочу|нужен|интересует) (?:именно )?(?:этот |в этот )?отель\b",
            r"\b(?:we|i) (?:like|chose|choose|prefer) (?:this|the|that) (?:hotel|option|one)\b",
            r"\bотель та[нң]да\w*",
        ),
    ),
    "price": (
        ALL,
        _any(
            r"\bсколько (?:стоит|стоят|будет|выйдет|по цене)|\bкак(?:ая|ие|ова) (?:цен|стоимост)",
            r"\bстоимость\b|\bпочем\b|\bпо чем\b|\bцен[ауы]\b|\b[қк]анша тура|\bба[ғг]асы",
            r"\bhow much\b|\bprices?\b|\bcosts?\b",
        ),
    ),
    "dear": (
        RECENT,
        _any(
            r"(?<!не )\bдорог(?:о|овато)\b|\b(?:по)?дешевле\b|\bне по карману|\bскидк\w+",
            r"\b[қк]ымбат|\bарзан(?:ыра[қк]|да)|\bexpensive\b|\bcheaper\b|\bdiscount",
        ),
    ),
    "later": (
        LAST,
        _any(
            r"\bподума(?:ем|ю|ть)\b|\bпосовету\w+|\bобсу(?:дим|жу)\b",
            r"\b(?:по)?позже (?:напи|отве|верн)",
            r"\bпотом (?:напи|решим|скаж)|\bойлан\w+|\bthink about\b|\blet me think\b|\blater\b",
        ),
    ),
    "gone": (
        LAST,
        _any(
            r"\bне\s?актуальн\w*|\bпередумал\w*|\bотказыва\w+|\bне (?:полетим|поедем|поеду|полечу)",
            r"\bуже (?:купил|взял|забронировал)\w*|\b(?:купил|взял)\w* (?:сам|в друг|у друг)",
            r"\b(?:больше|уже) не (?:надо|нужн\w*|интерес\w*|ищем)|\bкерек емес",
            r"\bno longer\b|\bnot interested\b|\bchanged (?:my|our) mind|\bcancel\b",
        ),
    ),
    "looking": (
        RECENT,
        _any(
            r"\bпросто (?:узнать|узнаю|смотр\w+|интересно|спрос)",
            r"\bпока (?:присматрива|только смотр)\w*",
            r"\bприцен\w+|\bна будущее\b|\bjust (?:looking|asking|browsing)\b",
        ),
    ),
    "urgent": (
        RECENT,
        _any(
            r"\bсрочно\b|\bгорящ\w+|\bгорит\b|\bкак можно (?:скорее|быстрее|раньше)",
            r"\bна этой неделе",
            r"\b(?:сегодня|завтра|послезавтра) (?:вылет|лет|улет)\w*|\basap\b|\burgent\w*",
            r"\bш[ұу][ғг]ыл|\bтез арада\b|\bжедел\b",
        ),
    ),
    "agency": (
        ALL,
        _any(
            r"\b(?:мы|я|наше|нашего|нашим|от|из) (?:из )?(?:тур\w*\s?)?агентств\w*",
            r"\b(?:я|мы) (?:турагент|тур\s?агент)\w*|\b(?:наши|моих|мои|наших) турист\w+",
            r"\b(?:размер|какая|ваша) комисси\w+|\bсубагент\w*|\bагентский договор",
            r"\bwe are an? (?:travel )?agency\b|\btravel agent\b|\bour (?:clients|tourists)\b",
        ),
    ),
    "company": (
        ALL,
        _any(
            r"\bкорпоратив\w*|\bтимбилдинг\w*|\bкомандиров\w+|\b(?:наши|наших|для) сотрудник\w*",
            r"\bот (?:компании|организации|фирмы)\b|\bюр(?:идическ\w+)?\.?\s?лиц\w+",
            r"\bсчет на (?:оплату )?тоо",
            r"\b(?:наше|мы|от|на) тоо\b|\bcorporate\b|\bteam ?building\b|\bour employees\b",
        ),
    ),
    "group": (
        ALL,
        _any(
            r"\bгрупп(?:а|ой|у|овой|овая)\b.{0,30}\b(?:\d{2}|человек|чел|турист|дет)",
            r"\bнас (?:будет )?(?:1\d|[2-9]\d) ?(?:человек|чел)\b|\bшкольн\w+ (?:групп|класс)",
            r"\bgroup of (?:1\d|[2-9]\d)\b",
        ),
    ),
    "honeymoon": (
        ALL,
        _any(r"\bмедов\w+ месяц|\bсвадебн\w+|\bмолодожен\w*|\bhoneymoon|\bбал ай"),
    ),
    "instalments": (
        ALL,
        _any(r"\bрассрочк\w+|\bв кредит\b|\b(?:kaspi|каспи) (?:red|ред)\b|\bб[оө]ліп т[оө]ле"),
    ),
}


def signs_of(texts: Sequence[str]) -> set[str]:
    """Which signs stand in the client's messages, given oldest first."""
    folded = [text[:MOST_CHARS].lower().replace("ё", "е") for text in texts[-ALL:]]
    joined = {window: "\n".join(folded[-window:]) for window in (LAST, RECENT, ALL)}
    return {sign for sign, (window, words) in SIGNS.items() if words.search(joined[window])}
