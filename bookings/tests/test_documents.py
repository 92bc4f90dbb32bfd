"""Texts, PDFs and files of bookings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from bookings.documents import store
from bookings.documents.text import Heading, Paragraph, Table, blocks_of, checked_body
from bookings.documents.values import TABLES, VARIABLES, tables_of, values_of
from bookings.models import BookingDocument, DocumentKind, DocumentTemplate
from bookings.services.documents import (
    attach_file,
    issue_document,
    preview_pdf,
    save_template,
)
from bookings.tests.booking_rows import DESK, confirmed, fresh, make_booking, pay
from common.errors import Conflict, InvalidInput

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 50


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DOCUMENTS_DIR = tmp_path


def letters_of(pdf: bytes) -> set[str]:
    """What the fonts of a PDF can be copied as: its ToUnicode tables."""
    tables = re.findall(rb"beginbfchar(.*?)endbfchar", pdf, re.DOTALL)
    codes = re.findall(rb"> <([0-9A-Fa-f]{4})>", b"".join(tables))
    return {chr(int(code, 16)) for code in codes}


def test_every_variable_and_table_of_the_four_texts_is_filled_in():
    booking = confirmed()
    values, tables = values_of(booking), tables_of(booking)

    assert set(values) == set(VARIABLES)
    assert set(tables) == set(TABLES)
    assert DocumentTemplate.objects.filter(is_current=True).count() == 4
    for template in DocumentTemplate.objects.all():
        body = checked_body(template.body, variables=VARIABLES, tables=TABLES)
        for block in blocks_of(body, values, tables):
            assert isinstance(block, Table) or "{" not in block.text


def test_a_contract_says_what_was_agreed():
    booking = confirmed()
    body = DocumentTemplate.objects.get(kind="contract", is_current=True).body

    blocks = blocks_of(body, values_of(booking), tables_of(booking))

    text = "\n".join(block.text for block in blocks if not isinstance(block, Table))
    tables = [block.rows for block in blocks if isinstance(block, Table)]
    assert "Отель: Coral Lagoon Resort" in text
    assert "Цена тура: 1 384 USD" in text
    assert "это 719 680 ₸" in text
    assert [row[0] for row in tables[0][1:]] == ["IVANOVA ANNA", "IVANOV OLEG", "IVANOV MARK"]
    assert [row[1] for row in tables[1][1:]] == ["138,40 USD", "1 245,60 USD"]


def test_a_document_holds_no_passport_number():
    booking = confirmed()
    numbers = [one.document["number"] for one in booking.travellers.all()]
    said = str(values_of(booking)) + str(tables_of(booking))

    assert len(numbers) == 3
    assert not any(number in said for number in numbers)


def test_the_pdf_has_russian_and_kazakh_letters():
    booking = confirmed()

    document = issue_document(booking.pk, DocumentKind.MEMO, actor=DESK)

    pdf = store.get(document.public_id)
    assert pdf.startswith(b"%PDF-")
    # «Жақсы сапар тілейміз!» stands at its end.
    assert set("Памяткақі") <= letters_of(pdf)
    assert (document.content_type, document.size) == ("application/pdf", len(pdf))


def test_each_issue_is_a_version_and_keeps_the_text_it_was_made_from():
    booking = confirmed()
    first = issue_document(booking.pk, DocumentKind.MEMO, actor=DESK)
    save_template("memo", "# Памятка\nДоброго пути, {клиент}!", actor=DESK)
    second = issue_document(booking.pk, DocumentKind.MEMO, actor=DESK)

    assert (first.number, first.template.version) == (1, 1)
    assert (second.number, second.template.version) == (2, 2)
    assert DocumentTemplate.objects.get(kind="memo", is_current=True).version == 2
    assert DocumentTemplate.objects.filter(kind="memo").count() == 2


def test_the_same_text_again_is_no_new_version():
    body = DocumentTemplate.objects.get(kind="memo").body

    assert save_template("memo", f"{body}\r\n", actor=DESK).version == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "empty"),
        ("Здравствуйте, {имя}", "variable"),
        ("{}", "variable"),
        ("Список: {туристы}", "table"),
        ("{номер паспорта}", "variable"),
        ("Цена: {цена", "brace"),
        ("{{цена}}", "brace"),
    ],
)
def test_a_text_with_a_mistake_is_not_kept(body, code):
    with pytest.raises(InvalidInput) as error:
        save_template("memo", body, actor=DESK)

    assert error.value.code == code
    assert DocumentTemplate.objects.filter(kind="memo").count() == 1


def test_a_clients_name_cannot_change_a_document():
    body = "# {клиент}\n{клиент} и {отель}\n{туристы}"
    values = {"клиент": "# {отель}\n{туристы}", "отель": "Coral"}

    blocks = blocks_of(body, values, {"туристы": [["a"], ["b"]]})

    assert blocks == [
        Heading("# {отель}\n{туристы}", 1),
        Paragraph("# {отель}\n{туристы} и Coral"),
        Table([["a"], ["b"]]),
    ]


def test_only_a_contract_comes_before_the_operators_word():
    booking = make_booking()

    assert issue_document(booking.pk, DocumentKind.CONTRACT, actor=DESK).number == 1
    with pytest.raises(Conflict):
        issue_document(booking.pk, DocumentKind.VOUCHER, actor=DESK)


def test_a_preview_keeps_nothing():
    booking = confirmed()

    assert preview_pdf("# Проба {номер}", booking).startswith(b"%PDF-")
    assert not BookingDocument.objects.exists()


def test_what_lies_on_the_disk_is_encrypted():
    booking = confirmed()
    document = issue_document(booking.pk, DocumentKind.MEMO, actor=DESK)

    files = [path for path in Path(settings.DOCUMENTS_DIR).rglob("*") if path.is_file()]

    assert len(files) == 1
    assert not files[0].read_bytes().startswith(b"%PDF")
    assert document.public_id.hex == files[0].name


@pytest.mark.parametrize("content", [b"MZ\x90", b"<html>", b"", b"PK\x03\x04"])
def test_a_file_of_another_kind_is_refused(content):
    booking = confirmed()

    with pytest.raises(InvalidInput):
        attach_file(booking.pk, "other", "virus.pdf", content, actor=DESK)

    assert not BookingDocument.objects.exists()


def test_a_receipt_belongs_to_its_payment():
    booking = confirmed()
    entry = pay(booking, "10")

    document = attach_file(booking.pk, "receipt", "чек.png", PNG, actor=DESK, payment_id=entry.pk)

    assert list(entry.receipts.all()) == [document]
    assert store.get(document.public_id) == PNG


def test_a_receipt_of_another_booking_stays_its_own():
    booking, other = confirmed(), confirmed()
    entry = pay(other, "1")

    document = attach_file(booking.pk, "receipt", "a.png", PNG, actor=DESK, payment_id=entry.pk)

    assert document.payment is None
    assert fresh(booking).documents.count() == 1
