import pytest

from common.phones import mask_phone, normalize_phone


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8 701 222-33-44", "+77012223344"),
        ("87012223344", "+77012223344"),
        ("+7 (701) 222 33 44", "+77012223344"),
        ("7012223344", "+77012223344"),
        ("8 914 123-45-67", "+79141234567"),
        ("+84 91 234 56 78", "+84912345678"),
        ("12", None),
        ("сто", None),
        ("", None),
    ],
)
def test_local_spellings_become_one(text, expected):
    assert normalize_phone(text) == expected


def test_a_masked_phone_keeps_only_both_ends():
    assert mask_phone("+77012223344") == "+7701•••3344"
    assert mask_phone("12345") == "•••"
