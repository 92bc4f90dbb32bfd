import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.file_types import INLINE, is_kept, type_of
from common.text import split_text, utf16_length

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"OggS\0", "audio/ogg"),
        (b"\0\0\0\x20ftypisom", "video/mp4"),
        (b"%PDF-1.7", "application/pdf"),
        ("Паспорт N 1".encode(), "text/plain"),
        (b"<html><script>alert(1)</script>", "application/octet-stream"),
        ("\ufeff <svg onload=alert(1)>".encode(), "application/octet-stream"),
        (b"#!/bin/sh\nrm", "application/octet-stream"),
        (b"MZ\x90\0\x03", "application/octet-stream"),
        (b"\x7fELF\x02", "application/octet-stream"),
    ],
)
def test_the_type_is_what_the_content_says(content, mime):
    assert type_of(content) == mime
    assert is_kept(mime) == (mime != "application/octet-stream")


def test_nothing_with_markup_is_shown_inline():
    assert all(mime.split("/")[0] in ("image", "audio", "video") for mime in INLINE)
    assert "image/svg+xml" not in INLINE


@given(st.text(max_size=400), st.integers(2, 60))
def test_parts_fit_and_nothing_is_lost(text, limit):
    parts = split_text(text, limit)

    assert all(0 < utf16_length(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_text_is_cut_at_the_ends_of_sentences():
    text = "Первое предложение. Второе предложение! Третье?"

    assert split_text(text, 25) == ["Первое предложение.", "Второе предложение!", "Третье?"]
