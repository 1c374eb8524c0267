"""Steps of an activity that ask for words or for who came."""

from typing import Any, cast

from django import forms

from activities.enums import Answer, Part, Presence
from activities.forms.calling import SeenForm
from activities.forms.inviting import near_of
from activities.models import Activity, Attendance, Invitation
from activities.selectors.planning import callable_by
from activities.services.planning import Seat, suggested_presence
from congress_portal.core.fields import WordsField
from congress_portal.core.models import User
from deputies.fields import DeputyNamesField
from deputies.models import Deputy


class StepForm(SeenForm):
    reason = forms.CharField(
        label="原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明原因。"},
    )

    def __init__(self, *args: Any, needs_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_reason:
            del self.fields["reason"]


class HoldForm(SeenForm):
    """Who came: one line for each on the list, filled from the answers, and others by name.

    Of whom nothing is known yet, nothing is assumed; ``filled`` notes all of those alike.
    """

    others = DeputyNamesField("没在名单里、但到会的代表", required=False)
    audience = forms.IntegerField(
        label="到场群众人数", required=False, min_value=0, max_value=99999
    )

    def __init__(
        self, data: Any = None, *, row: Activity, rows: list[Invitation], user: User
    ) -> None:
        super().__init__(data, row=row)
        others = cast("DeputyNamesField", self.fields["others"])
        others.rows, others.near = callable_by(user, row.held_on), near_of(user, row)
        seated = {
            each.deputy_id: each
            for each in Attendance.objects.filter(activity=row).select_related("deputy")
        }
        called = {each.deputy_id: each for each in rows}
        extra = [each.deputy for pk, each in seated.items() if pk not in called]
        self.people = [*(each.deputy for each in rows), *extra]
        self.called = called
        self.initial["audience"] = row.audience
        for deputy in self.people:
            self._add(deputy, seated.get(deputy.pk))

    def _add(self, deputy: Deputy, seat: Attendance | None) -> None:
        invitation = self.called.get(deputy.pk)
        self.fields[f"presence_{deputy.pk}"] = forms.ChoiceField(
            label=deputy.name,
            choices=Presence.choices,
            widget=forms.RadioSelect,
            initial=seat.presence if seat else _usual(invitation),
            error_messages={"required": f"请选{deputy.name}是出席、请假还是缺席。"},
        )
        self.fields[f"part_{deputy.pk}"] = forms.ChoiceField(
            label=f"{deputy.name}担任",
            choices=Part.choices,
            required=False,
            initial=seat.part if seat else Part.MEMBER,
        )
        self.fields[f"speech_{deputy.pk}"] = forms.CharField(
            label=f"{deputy.name}发言要点",
            max_length=1000,
            required=False,
            initial=seat.speech if seat else "",
            widget=forms.Textarea(attrs={"rows": 1}),
        )

    def filled(self, data: Any, presence: str) -> Any:
        """What was sent, with everyone not yet marked put down as ``presence``."""
        given = data.copy()
        for deputy in self.people:
            if not given.get(f"presence_{deputy.pk}"):
                given[f"presence_{deputy.pk}"] = presence
        return given

    @property
    def undecided(self) -> list[Invitation]:
        """Leaves asked and not yet granted or refused."""
        return [row for row in self.called.values() if row.answer == Answer.LEAVE_ASKED]

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [
            {
                "deputy": deputy,
                "invitation": self.called.get(deputy.pk),
                "presence": self[f"presence_{deputy.pk}"],
                "part": self[f"part_{deputy.pk}"],
                "speech": self[f"speech_{deputy.pk}"],
            }
            for deputy in self.people
        ]

    @property
    def seats(self) -> list[Seat]:
        given = self.cleaned_data
        listed = [
            Seat(
                deputy,
                given[f"presence_{deputy.pk}"],
                given[f"part_{deputy.pk}"] or Part.MEMBER,
                given[f"speech_{deputy.pk}"],
            )
            for deputy in self.people
        ]
        known = {deputy.pk for deputy in self.people}
        others = [Seat(each, Presence.PRESENT) for each in given["others"] if each.pk not in known]
        return [*listed, *others]


def _usual(invitation: Invitation | None) -> str:
    if invitation is None:
        return Presence.PRESENT
    return "" if invitation.answer == Answer.WAITING else suggested_presence(invitation)


class ReportForm(SeenForm):
    content = WordsField("做了什么", rows=5)
    result = WordsField("成效", rows=3, required=False)
    observers = forms.CharField(label="列席、旁听人员", max_length=200, required=False)
    opinions_reported = forms.IntegerField(
        label="收集意见数", required=False, min_value=0, max_value=9999,
        help_text="只作参考，不计入考评。",
    )  # fmt: skip

    def __init__(self, data: Any = None, *, row: Activity) -> None:
        super().__init__(data, row=row)
        names = ("content", "result", "observers", "opinions_reported")
        self.initial.update({name: getattr(row, name) for name in names})
