"""A page of the notebook: one field and today's date; all else may stay as it is."""

import uuid
from typing import Any

from django import forms
from django.utils import timezone

from activities.models import FixedVoter, NotebookEntry
from activities.selectors.voters import voters_of
from congress_portal.core.fields import DayField, WordsField, held_on
from congress_portal.core.stale import fingerprint
from deputies.models import Deputy


class NoteForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    text = WordsField("记点什么", rows=3, longest=4000)
    noted_on = held_on()
    voter = forms.ModelChoiceField(
        FixedVoter.objects.none(),
        label="跟哪位固定选民有关",
        required=False,
        empty_label="不特指哪一位",
    )
    follow_up_on = DayField("哪天再办", required=False, help_text="到那天会在首页提醒您。")
    is_private = forms.BooleanField(
        label="只给自己看", required=False, help_text="工作人员看不到，只印在您自己打印的册子里。"
    )

    def __init__(
        self, data: Any = None, *, deputy: Deputy, row: NotebookEntry | None = None
    ) -> None:
        super().__init__(data)
        self.row = row
        today = timezone.localdate()
        voters: Any = self.fields["voter"]
        rows = voters_of(deputy, today)
        kept = row.voter_id if row else None
        if kept:
            rows = rows | FixedVoter.objects.filter(pk=kept, deputy=deputy).select_related(
                "village"
            )
        voters.queryset = rows
        voters.label_from_instance = lambda voter: voter.name
        if row is None:
            self.initial = {"key": uuid.uuid4(), "noted_on": today}
        else:
            names = ("text", "noted_on", "follow_up_on", "is_private")
            self.initial = {name: getattr(row, name) for name in names}
            self.initial |= {"voter": kept, "seen": fingerprint(row)}

    @property
    def values(self) -> dict[str, Any]:
        own = {"key", "seen"}
        return {name: value for name, value in self.cleaned_data.items() if name not in own}


class SearchForm(forms.Form):
    q = forms.CharField(label="找", required=False, max_length=40)
