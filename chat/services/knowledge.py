"""Changes to the knowledge base."""

from __future__ import annotations

from chat.ai.nlp.stems import stems
from chat.models import Article


def save_article(article: Article) -> Article:
    """Save it with the words it is found by."""
    words = dict.fromkeys(stems(f"{article.title} {article.text}"))
    article.words = f" {' '.join(words)} "
    article.save()
    return article
