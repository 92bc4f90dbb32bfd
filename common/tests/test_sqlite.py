"""SQLite finds words whatever their case, in all alphabets, and treats marks as marks."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "words", "is_found"),
    [
        ("Привет, Анна", "анна", True),
        ("Привет, Анна", "ПРИВЕТ", True),
        ("Қазақша", "ҚАЗАҚ", True),
        ("Анна", "анны", False),
        ("50% скидка", "50%", True),
        ("500 скидка", "50%", False),
        ("a_b", "a_b", True),
        ("axb", "a_b", False),
        ("back\\slash", "k\\s", True),
        ("две\nстроки", "строки", True),
        ("", "а", False),
    ],
)
def test_words_are_found_as_they_are(name: str, words: str, is_found: bool) -> None:
    User.objects.create(username="x", first_name=name)

    assert User.objects.filter(first_name__icontains=words).exists() is is_found


def test_the_other_questions_still_work() -> None:
    User.objects.create(username="x", first_name="Анна Ким")
    people = User.objects.filter

    assert people(first_name__istartswith="анна").exists()
    assert people(first_name__iendswith="КИМ").exists()
    assert people(first_name__iexact="анна ким").exists()
    assert not people(first_name__istartswith="ким").exists()
