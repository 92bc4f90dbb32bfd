from __future__ import annotations


def word_set(*lines: str) -> frozenset[str]:
    """Return the words of a table kept as plain text, where one can read and sort it."""
    return frozenset(word for line in lines for word in line.split())
