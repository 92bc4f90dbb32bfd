"""True values in wrong places: another hotel's price, a wish told as a fact, unlisted names.

Two rows are known: Taseral Palace in Nha Trang (12 January, ten nights, breakfast, 680 160 ₸) and
Orvivelle Resort on Phu Quoc (14 January, seven nights, half board, 910 000 ₸). The client has asked
for 10 to 20 January, 7 to 12 nights, three stars or more, all inclusive.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from chat.ai.gate import check, grounds_of
from chat.tests.test_gate import FACTS, OFFER

pytestmark = pytest.mark.once

SECOND = replace(
    OFFER, row_id="2", hotel="Orvivelle Resort", stars=5, resort="Фукуок", meal="HB",
    check_in=date(2027, 1, 14), check_out=date(2027, 1, 21), nights=7, price=Decimal(1750),
    converted_price=Decimal(910_000),
)  # fmt: skip
WISH = FACTS | {
    "date_from": "2027-01-10", "date_to": "2027-01-20", "meal": "AI", "nights_min": 7,
    "nights_max": 12, "stars_min": 3,
}  # fmt: skip
GROUNDS = grounds_of(WISH, [OFFER, SECOND])

FALSE = """
Taseral Palace стоит 910 000 ₸.
Orvivelle Resort — 680 160 ₸ за всех.
Отель Taseral Palace обойдётся в 1 750 $.
Taseral Palace 5*, Нячанг.
Orvivelle Resort, четыре звезды.
В Taseral Palace питание — завтрак и ужин.
Orvivelle Resort: 10 ночей.
Taseral Palace на 7 ночей.
Вылет в Taseral Palace 14 января.
Orvivelle Resort, вылет 12 января.
Taseral Palace находится на Фукуоке.
Orvivelle Resort в Нячанге — 910 000 ₸.
Taseral Palace costs 910,000 tenge.
Orvivelle Resort is 680,160 tenge for all.
Taseral Palace has five stars.
Orvivelle Resort: breakfast, 7 nights.
Taseral Palace бағасы 910 000 теңге.
Orvivelle Resort 10 түнге, 680 160 ₸.
Тур вылетает 15 января.
Вылет 20 января, на двоих с ребёнком.
Ваш тур начинается 10 января.
Departure is on January 20.
Ұшу күні 20 қаңтар.
Вылет возможен восемнадцатого января.
В отеле всё включено.
Питание в Taseral Palace — всё включено.
The meals are all inclusive.
Taseral Palace is all inclusive.
Тамағы — барлығы кіреді.
Тур на 12 ночей.
Проживание двенадцать ночей.
You stay 12 nights.
Тур 12 түнге.
Отель три звезды.
It is a three-star hotel.
Заселяем вас в отель ромашка.
Советую отель «лагуна».
Есть отличный отель мираж бич.
Гостиница жемчужина вам понравится.
В отеле санрайз тихо.
Посмотрите отель амиана ресорт.
Отель пальмира подойдёт вам.
Лучше взять отель гранд палас.
Живём в отеле вояж.
Апартаменты лазурит у моря.
Вилла орхидея на берегу.
Есть отель синий краб.
Отель марина бэй самый тихий.
мираж қонақ үйі өте жақсы.
жұлдыз отелін ұсынамыз.
«ромашка» қонақ үйі тыныш.
The hotel romashka is quiet.
You will live in hotel mirage.
Try hotel amiana in Nha Trang.
The resort lagoona suits you.
Летим скатом.
Полетите сункаром из Алматы.
Перевозчик эйр астана.
Авиакомпания сункар, вылет 12 января.
Летите рейсом авиакомпании беркут.
Борт авиакомпании южный ветер.
Самолёт компании азимут.
Вы летите казах эйрлайнс.
Рейс выполняет икар.
Везёт вас авиакомпания ирфлай.
Ұшатын әуе компаниясы сұңқар.
сұңқар әуе компаниясымен ұшасыз.
You fly with condor.
The airline is condor.
The carrier is sunair.
Operated by skyline.
Цена выросла на пять тысяч тенге.
К цене добавится сорок тысяч.
С вас ещё десять тысяч тенге.
Доплата за ребёнка двадцать процентов.
Депозит 100 000 тенге.
Штраф за отмену 30%.
Сбор в аэропорту 25 долларов.
Итого выйдет 1 590 160 ₸.
За двоих получится 453 440 ₸.
Выйдет по 226 720 тенге с человека.
На человека 340 080.
That is 340,080 tenge per person.
Бір адамға 226 720 теңге.
The deposit is 100,000 tenge.
A visa costs 25 dollars.
Виза алымы 25 доллар.
Курс доллара 530 тенге.
Цена фиксируется на сутки.
Придержим цену до пятницы.
Места мы за вами закрепим.
Свободные номера ещё имеются.
Отель подтвердил заселение.
Ваш номер уже готов.
Номер с видом на море включён.
Вид на море, балкон и бассейн с подогревом.
Рядом с пляжем, первая линия.
До пляжа пять минут пешком.
Пляж песчаный, собственный.
Трансфер включён в стоимость.
Страховка входит в цену.
Багаж 20 кг включён.
Экскурсия включена.
Бесплатный трансфер из аэропорта.
Детям до 6 лет бесплатно.
Есть аквапарк и детский клуб.
Wi-Fi бесплатный во всём отеле.
The transfer is included.
Insurance is included in the price.
The sea is a five minute walk away.
Luggage of 20 kg is included.
There is a water park for children.
Трансфер бағаға кіреді.
Сақтандыру кіреді.
Теңізге дейін бес минут.
Аквапарк бар.
Оплатить можно частями.
Скинем пару тысяч.
Договоримся о цене пониже.
Будет подешевле, чем у конкурентов.
Кэшбек пять процентов на карту.
Перелёт без пересадок.
Пересадка в Стамбуле два часа.
Вылет рано утром.
Вылет поздно вечером, около одиннадцати.
Departure is early in the morning.
Таңертең ерте ұшасыз.
За Orvivelle Resort просят 1 308 $.
Цена Taseral Palace: девятьсот десять тысяч тенге.
Отдых в Orvivelle Resort длится десять ночей.
С 12 января вас ждёт Orvivelle Resort.
Заезд в Taseral Palace — 14 января, завтраки.
Orvivelle Resort (Нячанг), 5*.
In Orvivelle Resort you have breakfast only.
Taseral Palace for 7 nights costs 680,160 ₸.
Taseral Palace қонақ үйі бес жұлдызды.
Вылетаете 16 января.
Обратно двадцатого января.
Мы взяли для вас всё включено.
Ужин и обед там же: всё включено.
Продолжительность тура двенадцать ночей.
Check-in is on January 10.
Вам подойдёт отель кристалл.
Поселим в гостинице заря.
Хороший отель называется лотос.
Отель под названием ривьера.
В отеле бриз спокойно.
Советуем пансионат волна.
Живите в отеле золотые пески.
She stayed at hotel paradise.
Book villa sunrise now.
самал қонақ үйінде тұрасыз.
Полёт на самолёте скат.
Полетите нордстаром.
Летают рейсы авиакомпании ямал.
Авиакомпания россия выполняет рейс.
Ваш перевозчик ямал.
You travel by condor airlines.
The flight is by sunwing.
қанат әуе компаниясы ұшады.
Завтрак и трансфер включены.
Доставка до отеля входит в тур.
У отеля свой пляж.
Есть сауна и спортзал.
Море в двух шагах.
Прилёт ночью.
Вылет утренний.
Лететь без стыковок.
Скостим немного.
Менеджер уже забронировал вам номер.
Ваша заявка одобрена.
""".strip().splitlines()

TRUE = """
Taseral Palace 4*, Нячанг: 12 января, 10 ночей, завтраки — 680 160 ₸ (1 308 $).
Orvivelle Resort 5*, Фукуок: 14 января, 7 ночей, завтрак и ужин — 910 000 ₸.
Taseral Palace — 680 160 ₸, Orvivelle Resort — 910 000 ₸.
Есть два варианта: Taseral Palace за 680 160 ₸ и Orvivelle Resort за 910 000 ₸.
В Orvivelle Resort питание — завтрак и ужин.
В Taseral Palace только завтраки.
Taseral Palace в Нячанге, Orvivelle Resort на Фукуоке.
Orvivelle Resort дороже, 1 750 $ за всех.
Вылет 12 января или 14 января.
Taseral Palace: вылет 12 января, возвращение 22 января.
Orvivelle Resort: с 14 января на 7 ночей.
Вы хотели вылет с 10 по 20 января, верно?
Вы просили «всё включено», таких вариантов не нашлось.
С питанием всё включено ничего не нашлось, есть завтраки.
Вы хотите питание всё включено?
Вы искали на 7–12 ночей, верно?
На 12 ночей ничего нет, есть 10 ночей.
Хотите отель от трёх звёзд?
Ищу туры с 10 по 20 января, от 7 до 12 ночей.
Понял: Вьетнам, с 10 по 20 января, на 7–12 ночей, двое взрослых и ребёнок 6 лет.
В этом отеле завтраки, вечером можно поужинать в городе.
Какой отель вам ближе?
Отель в Нячанге или на Фукуоке?
Отель подойдёт вам по бюджету?
Этот отель четырёхзвёздочный.
Отели на эти даты есть у оператора, какой выбрать, скажет менеджер.
Отель выбран, спасибо! Передаю менеджеру.
В отеле Taseral Palace завтраки.
Гостиница нужна у моря?
Какой авиакомпанией летите, подскажет менеджер.
Авиакомпанию и время вылета уточнит менеджер.
Рейс уточнит менеджер.
Полетим во Вьетнам?
Летите втроём?
Вы летите с ребёнком?
Летим из Алматы, верно?
Стоимость трансфера уточнит менеджер.
Какое питание вам подойдёт?
Про багаж и страховку ответит менеджер.
Taseral Palace costs 680,160 tenge.
Orvivelle Resort is 910,000 tenge for all.
Taseral Palace is a four-star hotel in Nha Trang.
Orvivelle Resort: 5 stars, 7 nights, breakfast and dinner.
Would you like all inclusive?
You asked for all inclusive, nothing was found.
You wished to fly between January 10 and January 20, right?
Which hotel do you like?
The hotel is in Nha Trang.
The manager will tell you the airline.
You fly with a child, right?
A manager will check the transfer and answer you here.
Taseral Palace — 680 160 ₸, 10 түн, таңғы ас.
Orvivelle Resort — 910 000 ₸, 7 түн.
Қай қонақ үй ұнайды?
Бұл қонақ үй Нячангта.
Әуе компаниясын менеджер айтады.
Барлығы кіреді тамақ керек пе?
10 және 20 қаңтар аралығында ұшқыңыз келе ме?
Тағы сұрағыңыз бар ма?
Сіз үшін екі нұсқа таптық.
Хорошо, записал: всё включено, от трёх звёзд.
Отель Taseral Palace стоит 680 160 ₸, а Orvivelle Resort — 910 000 ₸.
Могу предложить Taseral Palace: вылет 12 января, 10 ночей.
Если хотите дольше, есть Taseral Palace на 10 ночей.
Вариант 2 — Orvivelle Resort, вылет 14 января, завтрак и ужин.
Вам больше подходит отель с завтраками или с ужинами?
Отель какого класса вы хотите?
В каком отеле хотите жить?
Отель можно выбрать любой из двух.
Отели проверит менеджер.
Летите вдвоём или с ребёнком?
Лететь удобнее из Алматы?
Полетите двое взрослых и ребёнок?
Авиакомпания пока неизвестна, её назовёт менеджер.
Нужны ли вам трансфер и страховка?
Трансфер нужен?
Подойдут ли вам ночные рейсы?
Хотите отель на первой линии?
Вид из окна важен?
Понял, вы хотите всё включено на 7–12 ночей.
Самый дешёвый из найденных — Taseral Palace, 680 160 ₸ за всех.
Which hotel would you prefer, Taseral Palace or Orvivelle Resort?
Taseral Palace departs on January 12, Orvivelle Resort on January 14.
Do you want a sea view?
Қонақ үйді таңдадыңыз ба?
Orvivelle Resort қонақ үйі — 7 түн, 910 000 ₸.
Қандай қонақ үй керек?
""".strip().splitlines()


@pytest.mark.parametrize("text", FALSE)
def test_no_false_sentence_goes_out(text: str) -> None:
    assert check(text, GROUNDS)


@pytest.mark.parametrize("text", TRUE)
def test_a_true_sentence_goes_out(text: str) -> None:
    assert check(text, GROUNDS) == ()


def test_before_a_search_the_wish_is_all_there_is() -> None:
    text = "Вылет с 10 по 20 января, 12 ночей, всё включено."

    assert check(text, grounds_of(WISH, [])) == ()
    assert [one.kind for one in check("Вылет 20 января.", GROUNDS)] == ["date"]
