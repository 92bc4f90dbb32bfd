"""Promises in words: availability, discounts, deadlines, refunds. Data must back each of them."""

from __future__ import annotations

import re

_DAYS = (
    r"понедельник\w*|вторник\w*|сред(?:а|у|ы|е|ам)\b|четверг\w*|пятниц\w*|суббот\w*|воскресень\w*|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|"
    r"дүйсенбі\w*|сейсенбі\w*|сәрсенбі\w*|бейсенбі\w*|жұма\w*|сенбі\w*|жексенбі\w*"
)
CLAIMS: dict[str, re.Pattern[str]] = {
    "availability": re.compile(
        r"\bместа\s+(?:точно\s+|еще\s+|пока\s+)?(?:есть|имеются|остались|свободны)|\bесть\s+"
        r"(?:еще\s+|свободные\s+)?(?:места|номера|билеты)|свободн\w+\s+(?:мест|номер)\w*|"
        r"\bв\s+наличии|номера?\s+(?:точно\s+|еще\s+)?(?:есть|остал\w+|доступ\w+)|остал[оаи]с[ьяи]|"
        r"последн\w+\s+(?:мест|номер|тур)\w*|гарантир\w+|забронирова(?:л|н)\w*|\bподтвержден\w*|подтвердил\w*|\bодобрен\w*|"
        r"номер\w*\s+(?:\w+\s+)?готов\w*|"
        r"\bavailab(?:le|ility)\b|rooms?\s+(?:are\s+)?left|seats?\s+(?:are\s+)?left|guarante\w+|"
        r"\bis\s+booked|reserved|confirmed\b|last\s+(?:seats?|rooms?)|орын(?:дар)?\s+бар|"
        r"\b(?:мест|билет|номер)\w*\s+(?:\w+\s+){0,3}?(?:есть|имеются|остал\w+|свобод\w+|"
        r"достаточно|хват[аи]\w*|найд\w+|буд[уе]т)\b|\bесть\s+(?:(?!ли\b)\w+\s+){0,2}?"
        r"(?:мест|номер|билет)\w*|\bдоступ(?:ен|на|ны|но)\b|\bбронируем\b|\bброн(?:ь|ью)\b|\bза\s+вами\b|"
        r"\b(?:при)?держ(?:им|у|ит)\b|отлож\w+|закреп\w+|обеща\w+|точно\s+(?:улет|буд)\w*|"
        r"успе(?:ете|ем)\b|оформил\w*|\b(?:have|are|is)\s+(?:still\s+|some\s+|a\s+)?(?:rooms?|seats?|"
        r"places|vacanc)\w*|vacan\w+|secured|\bbooked\b|is\s+(?:done|yours)\b|\bhold(?:ing)?\b|"
        r"(?:орын|нөмір|билет)\w*\s+(?:бар|бос|жеткілікті|табыл\w*)|бронда[дй]\w*|"
        r"бос\s+орын|бос\s+нөмір|кепілдік|брондалды|расталды|қалды"
    ),
    "discount": re.compile(
        r"скидк\w*|\bакци\w+|бесплатн\w*|в\s+подарок|подарим|кэшбэк\w*|бонус\w*|промокод\w*|"
        r"рассрочк\w*|\bдешевле\b|выгодн\w*|лучш\w+\s+цен\w*|сам\w+\s+низк\w+|discount\w*|\bfree\b|"
        r"\bgift\b|cashback|promo\w*|special\s+offer|best\s+price|lowest\s+price|cheaper|"
        r"спец\W?(?:цен|предлож|тариф)\w*|распродаж\w*|с?эконом(?:и|лю)\w*|подар(?:ок|к[аиу])\w*|"
        r"за\s+наш\s+счет|\bчастями\b|\b(?:пониже|подешевле)\b|уступ(?:им|лю|к)\w*|\bскост\w+|(?:сниз|сброс|уменьш|пониз)\w*\s+(?:\w+\s+)?цен\w*|"
        r"\b(?:вдвое|втрое)\b|\bпол\s?цен\w*|половин\w+\s+(?:от\s+)?(?:цен|стоимост|сумм)\w*|кредит\w*|"
        r"half\s+(?:the\s+|of\s+the\s+)?price|\bsav(?:e|es|ings?)\b|\bsale\b|\bdeals?\b|instal+ments?|"
        r"(?:lower|reduce|cut)\s+(?:\w+\s+)?price|арнайы\s+баға|баға\w*\s+түсір\w*|жартыла\w*|"
        r"тиімді|несие\w*|жеңілдік\w*|тегін|сыйлық\w*|бөліп\s+төле\w*|арзан(?:ырақ|дау)"
    ),
    "deadline": re.compile(
        rf"\b(?:до|к|по|until|by|till|before)\s+(?:конца\s+)?(?:{_DAYS}|завтра\w*|сегодня\w*|недели|"
        rf"месяца|вечера|tonight|tomorrow|the\s+end)|\b(?:завтра|послезавтра|tomorrow|ертең\w*)\b|"
        rf"только\s+сегодня|only\s+today|тек\s+бүгін|\b(?:в|во|on|this|next)\s+(?:{_DAYS})|"
        r"\b(?:через|within|in|in\s+the\s+next)\s+(?:пару\s+|несколько\s+|a\s+few\s+|полчас|час|"
        r"минут|hour|minutes?|day)\w*|в\s+течение|ішінде|срок\s+(?:оплат|действ)\w*|горящ\w*|"
        r"\b(?:сегодня|today|tonight|бүгін\w*|soon|немедленно|сутки)\b|"
        r"(?:нужно|прямо)\s+сейчас|"
        r"(?:этой|следующей|будущей|той)\s+недел\w*|(?:этом|следующем)\s+месяц\w*|"
        r"через\s+(?:недел|месяц|полмесяц)\w*|\b(?:this|next)\s+(?:week|month)\w*|келесі\s+(?:апта|ай)\w*|"
        r"осы\s+апта\w*|апта\s+соң\w*|кешке\s+дейін|\bвыходн\w+|ближайш\w+\s+(?:дн|час|врем)\w*|"
        r"не\s+позднее|успейте|\bдержится\b|полн?очь|\bполдень|midnight|\bnoon\b|half\s+past|"
        r"\bчас\s+(?:ночи|дня)|"
        rf"срочно|поторопи\w*|hurry|(?:{_DAYS})"
    ),
    "season": re.compile(
        r"\b(?:летом|зимой|осенью|весной|майски\w+|новогодн\w+|каникул\w*|жазда|қыста|күзде|"
        r"көктемде)\b|\bin\s+(?:summer|winter|spring|autumn)\b"
    ),
    "slang": re.compile(
        r"\b(?:косар\w*|полтинник\w*|стольник\w*|пятихатк\w*|червон\w*|двушк\w*|трешк\w*|копейк\w*|копеек)\b"
    ),
    "refund": re.compile(
        r"верн[её]м\b|возврат\w*|возвраща\w*|без\s+штраф\w*|компенс\w*|refund\w*|money\s+back|"
        r"без\s+предоплат\w*|ақшаңыз\w*\s+қайтар\w*|қайтарамыз"
    ),
    "visa_free": re.compile(
        r"виз[аыуе]\s+(?:\w+\s+){0,4}?не\s+(?:нужн|требу|необходим)\w*|без\s+виз\w*|безвиз\w*|"
        r"не\s+(?:нужн|требу|необходим)\w*\s+(?:\w+\s+){0,2}?виз\w{0,2}\b|visa[- ]free|no\s+visa|"
        r"visa\s+is\s+not|(?:not|n't)\s+need\s+a\s+visa|without\s+a\s+visa|виза\s+керек\s+емес|визасыз"
    ),
    "visa_needed": re.compile(
        r"виз[аыуе]\s+(?:(?!не\b)\w+\s+){0,4}?(?:нужн|требу|необходим)\w*|"
        r"(?<!не )\b(?:нужн|требу|необходим)\w*\s+(?:\w+\s+){0,2}?виз\w{0,2}\b|"
        r"visa\s+(?:is\s+)?(?:required|needed)|(?<!not )(?<!n't )needs?\s+a\s+visa|"
        r"виза\s+керек(?!\s+емес)"
    ),
    "included": re.compile(
        r"(?<!все )(?<!все)\bвключен[аоы]?\b|\bвключая\b|\bвходит\b|\bвходят\b|"
        r"(?<!all )(?<!all-)\binclud(?:ed|es|ing)\b|(?<!барлығы )\bкіреді"
    ),
    "facility": re.compile(
        r"перв\w+\s+лини\w+|аквапарк\w*|бассейн\w*|балкон\w*|вид(?:ом|а)?\s+на\s|песчан\w+|"
        r"(?:собственн|частн)\w+\s+пляж\w*|пляж\w*\s+(?:собственн|частн)\w+|детск\w+\s+клуб\w*|"
        r"сво[йя]\s+(?:пляж|территори)\w*|саун\w+|спортзал\w*|тренажерн\w+|"
        r"water\s?park|\bpool\b|sea\s+view|balcon\w+|(?:first|front)\s+line|(?:private|sandy)\s+beach|"
        r"kids.?\s+club|көрініс\w*|құмды"
    ),
    "flight": re.compile(
        r"пересад\w+|стыков\w+|(?:вылет|прилет|рейс)\w*\s+(?:ночью|утром|вечером|днем|утренн|вечерн|ночн)\w*|рано\s+утром|поздн\w+\s+(?:вечер|ноч)\w*|(?:утренн|вечерн|ночн|дневн)\w+\s+"
        r"(?:рейс|вылет|перелет)\w*|early\s+(?:in\s+the\s+)?morning|late\s+(?:at\s+night|in\s+the\s+"
        r"evening)|layover\w*|stopover\w*|non-?stop|таңертең|кешкісін|түнде"
    ),
    "market": re.compile(
        r"(?:подорож|подешев|вырас|упад|распрод|раскуп)\w*|цен\w+\s+раст\w+|sold\s+out|sell(?:ing)?\s+"
        r"fast|prices?\s+(?:will|are)\s+(?:ris|go|drop)\w*|қымбаттай\w*|нет\s+(?:вылетов|рейсов|мест)|"
        r"no\s+flights|ұшу\s+жоқ|прям\w+\s+(?:рейс|перел[её]т|вылет)\w*|direct\s+flight\w*|тікелей"
    ),
}
# What the client may be asked for, or told to have asked for.
WISHABLE = frozenset({"included", "facility", "flight"})
MEALS: dict[str, re.Pattern[str]] = {
    "UAI": re.compile(r"ультра\s*вс[её]\s*включено|ultra\s+all|ультра\s+барлығы|\buai\b"),
    "AI": re.compile(
        r"(?<!ультра )(?<!ультра)вс[её]\s*включено|(?<!ultra )all[- ]inclusive|"
        r"(?<!ультра )барлығы\s+кіреді|олл\s*инклюзив|\bai\b"
    ),
    "FB": re.compile(r"полн\w+\s+пансион|full\s+board|толық\s+пансион|\bfb\b|тр[её]хразов\w*"),
    "HB": re.compile(
        r"полупансион|half\s+board|завтрак\w*\s+и\s+ужин\w*|breakfast\s+and\s+dinner|"
        r"таңғы\s+және\s+кешкі|\bhb\b"
    ),
    "BB": re.compile(
        r"завтрак\w*(?!\s+и\s+ужин)|breakfast(?!\s+and\s+dinner)|таңғы\s+ас(?!\s+және)|\bbb\b"
    ),
    "RO": re.compile(r"без\s+питани\w*|no\s+meals|room\s+only|тамақсыз|\bro\b"),
}
