"""What may be sent from the sheet of a lead."""

from __future__ import annotations

from django import forms

from leads.models import Lead
from leads.selectors import colleagues


class NothingForm(forms.Form):
    """For buttons that need no words."""


class AssignForm(forms.Form):
    # An empty choice gives the lead back to everybody.
    assignee = forms.ModelChoiceField(colleagues(), required=False)


class TagsForm(forms.Form):
    add = forms.CharField(max_length=40, required=False)
    remove = forms.CharField(max_length=40, required=False)


class StepForm(forms.Form):
    text = forms.CharField(max_length=200)
    due = forms.DateTimeField()
    kind = forms.ChoiceField(choices=Lead.StepKind.choices, required=False)


class LaterForm(forms.Form):
    days = forms.IntegerField(min_value=1, max_value=30)


class NoteForm(forms.Form):
    text = forms.CharField(max_length=5000)


class DecisionForm(forms.Form):
    fact = forms.CharField(max_length=40)
    decision = forms.ChoiceField(choices=[("accept", ""), ("keep", "")])
