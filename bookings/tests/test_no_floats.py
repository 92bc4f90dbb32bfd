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

MONEY_WORDS = {"price", "amount", "paid", "tenge", "kzt", "commission", "discount", "penalty"}
# Days, moments and people who had to do with a sum.
NO_SUMS = (models.DateField, models.ForeignKey)
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
    for field in model._meta.fields:
        if model._meta.app_label == "bookings":
            assert not isinstance(field, models.FloatField), field
        if MONEY_WORDS & set(field.name.split("_")) and not isinstance(field, NO_SUMS):
            assert isinstance(field, models.DecimalField), field


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
