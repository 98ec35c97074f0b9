"""Forms of a person's own mails."""

from django import forms

from reports import muting


class ReadForm(forms.Form):
    """Says up to when a person has read: what came while they did stays unread."""

    until = forms.DateTimeField(widget=forms.HiddenInput)


class TopicsForm(forms.Form):
    """Says which kinds of mail a person wants, of those they may do without."""

    wanted = forms.MultipleChoiceField(label="Gửi thư khi có", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, choices: list[muting.Choice], **kwargs):
        kwargs.setdefault("initial", {"wanted": [choice.topic for choice in choices if choice.is_wanted]})
        super().__init__(*args, **kwargs)
        self.fields["wanted"].choices = [(choice.topic, choice.topic.label) for choice in choices]  # type: ignore[attr-defined]
