"""Trial texts for the gate: answers that say the truth, and the same ones with one lie in them.

Made from random tour rows by templates, the same every time for a seed. `manage.py gate_trial`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date

from chat.ai.gate.grounds import Grounds
from chat.ai.gate.spelled import spelled
from chat.ai.gate.trial_world import COUNTRY, MEAL, World, make_world

LANGUAGES = ("ru", "kk", "en")
_OTHER_HOTELS = (
    "Rixos Premium", "Sunwing Bangtao", "Amiana Grand", "Crystal Palace", "Mövenpick Resort",
)  # fmt: skip
_ELSEWHERE = (
    ("Дубай", "Dubai"), ("Бодрум", "Bodrum"), ("Паттайя", "Pattaya"), ("Бали", "Bali"),
)  # fmt: skip
_SIGNS = {"KZT": "₸", "USD": "$"}
_CURRENCY_WORDS = {
    "KZT": ("тенге", "теңге", "tenge"),
    "USD": ("долларов", "доллар", "dollars"),
    "EUR": ("евро", "еуро", "euros"),
}


@dataclass(frozen=True)
class Sample:
    text: str
    language: str
    grounds: Grounds
    lie: str = ""


class _Speaker:
    """Says true things of a world in one language, numbers in digits or words by chance."""

    def __init__(self, world: World, language: str, pick: random.Random) -> None:
        self.world, self.language, self.pick = world, language, pick
        self.place = LANGUAGES.index(language)
        self.offer = pick.choice(world.offers)

    def say(self, ru: str, kk: str, en: str) -> str:
        return (ru, kk, en)[self.place]

    def number(self, value: int) -> str:
        if self.pick.random() < 0.3:
            return spelled(value, self.language)
        grouped = f"{value:,}".replace(",", self.pick.choice((" ", "\u00a0")))
        return grouped if value >= 1000 else str(value)

    def sum(self, value: int, currency: str) -> str:
        if currency in _SIGNS and self.pick.random() < 0.5:
            return f"{value:,}".replace(",", " ") + f" {_SIGNS[currency]}"
        return f"{self.number(value)} {_CURRENCY_WORDS[currency][self.place]}"

    def day(self, day: date) -> str:
        if self.pick.random() < 0.25:
            return f"{day:%d.%m.%Y}"
        return format_date(day, self.pick.choice(("d MMMM", "d MMM")), locale=self.language)

    def truths(self) -> list[str]:
        """Sentences that the facts carry."""
        one, place = self.offer, self.place
        country = COUNTRY[one.country][place]
        resort = self.world.resort[2] if self.language == "en" else one.resort
        nights, price = self.number(one.nights), self.sum(int(one.price), "USD")
        tenge = self.sum(int(one.converted_price or 0), "KZT")
        meal, day = MEAL[one.meal][place], self.day(one.check_in)
        adults = one.adults
        return [
            self.say(
                f"Вариант: {one.hotel}, {resort}, {day}, ночей: {one.nights}, {meal}.",
                f"Нұсқа: {one.hotel}, {resort}, {day}, {one.nights} түн, {meal}.",
                f"Option: {one.hotel}, {resort}, {day}, {one.nights} nights, {meal}.",
            ),
            self.say(
                f"Цена за всех — {tenge} ({price}).",
                f"Барлығына бағасы — {tenge} ({price}).",
                f"The price for all is {tenge} ({price}).",
            ),
            self.say(
                f"Это отель {one.stars}*, на {nights} ночей.",
                f"Бұл {one.stars}* қонақ үй, {nights} түнге.",
                f"It is a {one.stars}* hotel for {nights} nights.",
            ),
            self.say(
                f"Вылет {day}, направление — {country}.",
                f"Ұшу күні — {day}, бағыты — {country}.",
                f"Departure is on {day}, the country is {country}.",
            ),
            self.say(
                f"Взрослых: {adults}. Бюджет до {self.sum(self.world.facts['budget_max'], 'KZT')}.",
                f"Ересектер: {adults} адам. Бюджет "
                f"{self.sum(self.world.facts['budget_max'], 'KZT')} дейін.",
                f"We search for {adults} adults. Your budget is "
                f"{self.sum(self.world.facts['budget_max'], 'KZT')}.",
            ),
            self.say(
                "Цены на 25 ноября, 10:45; точную подтвердит менеджер.",
                "Бағалар 25 қараша, 10:45 уақытына; нақтысын менеджер айтады.",
                "Prices are as of November 25, 10:45; a manager will tell the final one.",
            ),
            self.say(
                "Какой вариант вам больше нравится?",
                "Қай нұсқа ұнайды?",
                "Which option do you like?",
            ),
            self.say(
                "Здравствуйте! Подобрали для вас варианты.",
                "Сәлеметсіз бе! Сізге нұсқалар таптық.",
                "Hello! Here is what we found for you.",
            ),
        ]

    def lies(self) -> dict[str, str]:
        """Sentences that no fact carries, by what is wrong in them."""
        return {
            **self._wrong_money(),
            **self._wrong_days(),
            **self._wrong_names(),
            **self._wrong_counts(),
            **self._false_promises(),
        }

    def _wrong_money(self) -> dict[str, str]:
        one, pick = self.offer, self.pick
        tenge, dollars = int(one.converted_price or 0), int(one.price)
        wrong_sum = tenge + pick.choice((-1, 1)) * pick.randrange(1000, 90_000, 100)
        return {
            "price": self.say(
                f"Цена всего {self.sum(wrong_sum, 'KZT')}.",
                f"Бағасы бар болғаны {self.sum(wrong_sum, 'KZT')}.",
                f"The price is only {self.sum(wrong_sum, 'KZT')}.",
            ),
            "rounded price": self.say(
                f"Это около {round(tenge / 1000) + 1} тыс тенге.",
                f"Бұл шамамен {round(tenge / 1000) + 1} мың теңге.",
                f"That is about {round(tenge / 1000) + 1}k tenge.",
            ),
            "currency": self.say(
                f"К оплате {self.sum(dollars, 'EUR')}.",
                f"Төлейтініңіз — {self.sum(dollars, 'EUR')}.",
                f"You pay {self.sum(dollars, 'EUR')}.",
            ),
            "swapped currency": self.say(
                f"Итого {self.number(dollars)} тенге.",
                f"Барлығы {self.number(dollars)} теңге.",
                f"In total {self.number(dollars)} tenge.",
            ),
            "surcharge": self.say(
                f"Топливный сбор {self.sum(pick.randrange(20, 90), 'USD')}.",
                f"Отын алымы {self.sum(pick.randrange(20, 90), 'USD')}.",
                f"The fuel charge is {self.sum(pick.randrange(20, 90), 'USD')}.",
            ),
            "half a million": self.say(
                "Уложимся в полмиллиона.", "Жарты миллион теңге.", "Half a million tenge is enough."
            ),
            "range": self.say(
                f"От {dollars // 10 - 7}-{dollars // 10 + 9} тысяч тенге.",
                f"{dollars // 10 - 7}-{dollars // 10 + 9} мың теңге.",
                f"It is {dollars // 10 - 7}-{dollars // 10 + 9} thousand tenge.",
            ),
        }

    def _wrong_days(self) -> dict[str, str]:
        one, pick = self.offer, self.pick
        other_day = one.check_in + timedelta(days=pick.choice((-40, -3, -2, 2, 3, 45)))
        other_nights = pick.choice(
            [n for n in range(3, 22) if n not in (one.nights, one.nights + 1)]
        )
        clock = pick.choice(("07:20", "23:55", "14:05"))
        return {
            "date": self.say(
                f"Вылет {self.day(other_day)}.",
                f"Ұшу күні — {self.day(other_day)}.",
                f"Departure is on {self.day(other_day)}.",
            ),
            "nights": self.say(
                f"Проживание {self.number(other_nights)} ночей.",
                f"Тұру мерзімі {self.number(other_nights)} түн.",
                f"You stay {self.number(other_nights)} nights.",
            ),
            "month": self._wrong_month(),
            "time": self.say(
                f"Вылет в {clock}.", f"Ұшу уақыты {clock}.", f"Take-off is at {clock}."
            ),
            "deadline": self.say(
                "Оплатить нужно до пятницы.", "Төлем жұмаға дейін.", "You have to pay by Friday."
            ),
            "tomorrow": self.say(
                "Завтра цена изменится.", "Ертең баға өзгереді.", "Tomorrow the price will change."
            ),
        }

    def _wrong_names(self) -> dict[str, str]:
        pick = self.pick
        hotel, flight = pick.choice(_OTHER_HOTELS), pick.choice(("KC 921", "DV-433", "FS 7301"))
        elsewhere = pick.choice(_ELSEWHERE)
        there = elsewhere[self.language == "en"]
        return {
            "hotel": self.say(
                f"Советую отель {hotel}.",
                f"{hotel} қонақ үйін ұсынамын.",
                f"I suggest {hotel}.",
            ),
            "resort": self.say(
                f"Есть такие же варианты: {there}.",
                f"Дәл осындай нұсқалар: {there}.",
                f"We have the same in {there}.",
            ),
            "airline": self.say(
                "Летит Air Astana.", "Ұшатын компания — Air Astana.", "You fly with Air Astana."
            ),
            "flight": self.say(f"Рейс {flight}.", f"Рейсі {flight}.", f"Your flight is {flight}."),
            "name in Cyrillic": self.say(
                "Советую отель Санрайз Гранд.",
                "Риксос қонақ үйін ұсынамын.",
                "I suggest Sunrise Grand.",
            ),
            "name in small letters": self.say(
                "Лучше всего там rixos.", "Ең жақсысы rixos.", "The best one is rixos premium."
            ),
            "phone": self.say(
                "Звоните: +7 701 222 33 44.",
                "Қоңырау шалыңыз: +7 701 222 33 44.",
                "Call +7 701 222 33 44.",
            ),
            "link": self.say(
                "Оплатить можно на pay-tour.kz/123.",
                "Төлем: https://pay-tour.kz/123.",
                "Pay at www.pay-tour.kz/123.",
            ),
        }

    def _wrong_counts(self) -> dict[str, str]:
        one, pick, place = self.offer, self.pick, self.place
        stars = pick.choice([n for n in (1, 2, 3, 4, 5, 7) if n not in self._known_stars()])
        return {
            "stars": self.say(
                f"Уровень отеля — {stars} звёзд.",
                f"Қонақ үй деңгейі — {stars} жұлдыз.",
                f"The hotel has {stars} stars.",
            ),
            "people": self.say(
                f"Цена на {one.adults + one.children + 3} человек.",
                f"Баға {one.adults + one.children + 3} адамға.",
                f"The price is for {one.adults + one.children + 3} people.",
            ),
            "distance": self.say(
                f"До моря {self.number(pick.choice((50, 150, 350)))} метров.",
                f"Теңізге дейін {self.number(pick.choice((50, 150, 350)))} метр.",
                f"The sea is {self.number(pick.choice((50, 150, 350)))} metres away.",
            ),
            "meal": self._wrong_meal(place),
        }

    def _false_promises(self) -> dict[str, str]:
        percent = self.pick.choice((5, 7, 10, 15, 20, 30))
        return {
            "discount": self.say(
                f"Сделаем скидку {self.number(percent)}%.",
                f"{self.number(percent)}% жеңілдік жасаймыз.",
                f"We give a {self.number(percent)}% discount.",
            ),
            "discount in words": self.say(
                "Для вас сделаем скидку.",
                "Сізге жеңілдік жасаймыз.",
                "There is a discount for you.",
            ),
            "availability": self.say(
                "Места есть, бронируем.", "Бос орын бар, брондаймыз.", "Rooms are available."
            ),
            "last places": self.say(
                "Осталось два номера.", "Екі нөмір қалды.", "Only two rooms are left."
            ),
            "refund": self.say(
                "Вернём деньги без вопросов.", "Ақшаңызды қайтарамыз.", "We refund everything."
            ),
            "visa": self.say("Виза не нужна.", "Виза керек емес.", "It is visa-free."),
            "market": self.say(
                "В этом сезоне всё подорожало.", "Бағалар қымбаттайды.", "Prices will rise soon."
            ),
            "cheaper": self.say(
                "Это дешевле рынка.", "Бұл тегін қызмет.", "It is cheaper than elsewhere."
            ),
        }

    def _known_stars(self) -> set[int | None]:
        return {offer.stars for offer in self.world.offers}

    def _wrong_month(self) -> str:
        known = {row.check_in.month for row in self.world.offers}
        known |= {row.check_out.month for row in self.world.offers} | {11}
        month = date(2027, self.pick.choice([n for n in range(1, 13) if n not in known]), 1)
        name = format_date(month, "LLLL", locale=self.language)
        return self.say(
            f"Лучше лететь, когда там {name}.", f"Ең жақсысы — {name}.", f"Better fly in {name}."
        )

    def _wrong_meal(self, place: int) -> str:
        known = {offer.meal for offer in self.world.offers}
        wrong = [names for code, names in MEAL.items() if code not in known] or [
            ("полный пансион", "толық пансион", "full board")
        ]
        meal = wrong[0][place]
        return self.say(f"Питание: {meal}.", f"Тамақ: {meal}.", f"The meals are {meal}.")


def true_answers(count: int, seed: int = 1) -> Iterator[Sample]:
    pick = random.Random(seed)  # noqa: S311 - trial texts
    for number in range(count):
        speaker = _Speaker(make_world(pick), LANGUAGES[number % 3], pick)
        text = " ".join(pick.sample(speaker.truths(), pick.randrange(2, 6)))
        yield Sample(text, speaker.language, speaker.world.grounds)


def false_answers(count: int, seed: int = 2) -> Iterator[Sample]:
    """Every kind of lie in every language in turn, among true sentences."""
    pick = random.Random(seed)  # noqa: S311 - trial texts
    for number in range(count):
        speaker = _Speaker(make_world(pick), LANGUAGES[number % 3], pick)
        lies = speaker.lies()
        kind = list(lies)[number // 3 % len(lies)]
        sentences = [*pick.sample(speaker.truths(), pick.randrange(0, 4)), lies[kind]]
        pick.shuffle(sentences)
        yield Sample(" ".join(sentences), speaker.language, speaker.world.grounds, kind)
