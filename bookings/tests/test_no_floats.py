"""No sum of money is ever a float: over all models, forms and answers of bookings."""

from __future__ import annotations

import dataclasses
import inspect
import pkgutil
import typing
from importlib import import_module

import pytest
from django import forms
from django.apps import apps
from django.db import models
from rest_framework import serializers

import bookings

MONEY_WORDS = ("price", "amount", "sum", "total", "paid", "tenge", "rate", "commission", "discount")
MODULES = [
    import_module(found.name)
    for found in pkgutil.walk_packages(bookings.__path__, "bookings.")
    if ".tests" not in found.name and ".migrations" not in found.name
]
CLASSES = {
    one
    for module in MODULES
    for one in vars(module).values()
    if inspect.isclass(one) and one.__module__.startswith("bookings.")
}


@pytest.mark.parametrize("model", apps.get_models(), ids=lambda model: model._meta.label)
def test_no_model_keeps_money_as_a_float(model):
    floats = [one.name for one in model._meta.fields if isinstance(one, models.FloatField)]
    # How sure the assistant is of something it understood.
    assert set(floats) <= {"confidence"}
    for field in model._meta.fields:
        # Days and moments are no money, whatever they are called.
        if isinstance(field, models.DecimalField):
            assert field.decimal_places in (2, 4)
        elif any(word in field.name for word in MONEY_WORDS):
            assert not isinstance(field, models.IntegerField) or field.name.endswith(
                ("_days", "_level", "_ms", "_count")
            ), field


def test_no_form_or_serializer_reads_money_as_a_float():
    for one in CLASSES:
        if issubclass(one, forms.BaseForm):
            assert not any(type(f) is forms.FloatField for f in one.base_fields.values()), one
        if issubclass(one, serializers.BaseSerializer):
            fields = one._declared_fields.values()
            assert not any(isinstance(f, serializers.FloatField) for f in fields), one


def test_no_dataclass_of_bookings_carries_a_float():
    found = [one for one in CLASSES if dataclasses.is_dataclass(one)]
    assert len(found) > 15
    for one in found:
        for name, kind in typing.get_type_hints(one).items():
            assert float not in (kind, *typing.get_args(kind)), f"{one.__name__}.{name}"
