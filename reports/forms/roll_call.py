"""The form with which somebody answers whether they are still the contact."""

from django import forms

from assignments.fields import SingleLineField, TelephoneField
from reports.models import RollCallEntry


class RollCallForm(forms.Form):
    """An answer; who is no longer in charge may name who is."""

    answer = forms.ChoiceField(choices=RollCallEntry.Answer.choices)
    successor_name = SingleLineField(label="Người phụ trách mới (nếu biết)", max_length=100, required=False)
    successor_telephone = TelephoneField(label="Điện thoại của người mới (nếu biết)", required=False)
