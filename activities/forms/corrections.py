import uuid
from typing import Any

from django import forms

from activities.enums import RequestKind
from activities.models import CorrectionRequest
from activities.selectors.corrections import entered_since, mark_of
from congress_portal.core.fields import WordsField
from congress_portal.core.models import User


class AskForm(forms.Form):
    """What is wrong, in the deputy's own words; the record comes with the address."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label="有什么问题", widget=forms.RadioSelect)
    text = WordsField(
        "请写明", rows=3, longest=1000, help_text="错在哪里、应当是怎样，或漏了哪一次。"
    )

    def __init__(self, data: Any = None, *, has_row: bool) -> None:
        super().__init__(data, initial={"key": uuid.uuid4()})
        about_a_row = [RequestKind.WRONG, RequestKind.DOUBLE]
        offered = about_a_row if has_row else [RequestKind.MISSING]
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in offered]
        self.initial["kind"] = offered[0]


class AnswerForm(forms.Form):
    """已更正 or 不予更正, always with an answer that the deputy reads."""

    ACCEPT, REFUSE = "accept", "refuse"

    do = forms.ChoiceField(
        label="怎样处理",
        widget=forms.RadioSelect,
        choices=[(ACCEPT, "已更正"), (REFUSE, "不予更正")],
    )
    entered = forms.ChoiceField(label="补录了哪条", required=False)
    answer = WordsField("答复代表", rows=3, longest=400)

    def __init__(self, data: Any = None, *, request: CorrectionRequest, user: User) -> None:
        super().__init__(data)
        if request.kind == RequestKind.MISSING:
            self.rows = {mark_of(row): row for row in entered_since(request, user)}
            choices = [
                (mark, f"{row._meta.verbose_name}：{row}") for mark, row in self.rows.items()
            ]
            self.fields["entered"].choices = [("", "请选择"), *choices]
        else:
            self.rows = {}
            del self.fields["entered"]

    @property
    def row_entered(self) -> Any:
        return self.rows.get(self.cleaned_data.get("entered", ""))
