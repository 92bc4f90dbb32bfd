"""Words of a text in a form that does not depend on their endings, for search."""

from __future__ import annotations

import re

from chat.ai.nlp.lexicon import lexicon
from chat.ai.nlp.word_sets import word_set

_WORD = re.compile(r"[^\W_]{2,}")
# Unknown words (Kazakh, English) are cut: their endings are at the end too.
_KEPT = 5
_SAID_BY_ALL = word_set(
    "нужный нужно надо мочь можно быть есть сказать подсказать подскажите скажите пожалуйста "
    "хотеть знать узнать здравствуйте привет добрый день какой как где куда когда сколько кто что "
    "это этот свой мой наш ваш весь или ли для при без про под над the and for are you can how "
    "what when where need please with from about керек қандай қалай үшін және"
)


def stems(text: str) -> list[str]:
    """Lemmas of Russian words, beginnings of others; without what everybody says."""
    found = []
    for word in _WORD.findall(text.lower().replace("ё", "е")):
        stem = lexicon().stem(word, _KEPT)
        if stem and word not in _SAID_BY_ALL and stem not in _SAID_BY_ALL:
            found.append(stem)
    return found
