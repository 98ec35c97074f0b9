"""Fields that several forms share."""

from django import forms

TEXT_MAX_LENGTH = 50_000
REASON_MAX_LENGTH = 2_000


def text_area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class LongTextField(forms.CharField):
    """A text whose length is checked here and not by the browser, which would cut a pasted text in silence."""

    def widget_attrs(self, widget: forms.Widget) -> dict:
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}
