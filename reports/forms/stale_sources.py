"""What becomes of the merged report's paragraphs whose sources no accepted report says any more."""

from django import forms

from reports.consolidation.sources import StaleParagraph


class StaleForm(forms.Form):
    """What becomes of each paragraph whose sources no accepted report says any more.

    Where it has no other source its words may go too; that is proposed where nobody has edited them.
    """

    KEEP, DROP = "keep", "drop"

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, stale: list[StaleParagraph], data=None, *, seen: str):
        self.stale = stale
        super().__init__(data, initial={"seen": seen})
        for one in stale:
            if one.has_no_other:
                self.fields[f"paragraph-{one.paragraph.pk}"] = forms.ChoiceField(
                    label="Đoạn này",
                    required=False,
                    choices=[(self.KEEP, "Giữ chữ, chỉ bỏ nguồn"), (self.DROP, "Bỏ cả đoạn")],
                    initial=self.DROP if one.is_word_for_word else self.KEEP,
                    widget=forms.RadioSelect,
                )

    @property
    def rows(self) -> list[tuple[StaleParagraph, forms.BoundField | None]]:
        return [(one, self[f"paragraph-{one.paragraph.pk}"] if one.has_no_other else None) for one in self.stale]

    @property
    def answers(self) -> dict:
        """Return what `services.drop_stale` takes. What was not answered keeps its words."""
        dropping = {
            one.paragraph.pk for one, field in self.rows if field and self.cleaned_data[field.name] == self.DROP
        }
        return {"seen": self.cleaned_data["seen"], "dropping": dropping}
