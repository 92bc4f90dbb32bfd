"""Rule-based understanding of what clients write; works offline and never raises."""

from chat.ai.nlp.processor import NLPProcessor
from chat.ai.nlp.types import Fact, Understanding

__all__ = ["Fact", "NLPProcessor", "Understanding"]
