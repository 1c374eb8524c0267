"""Forms of the meetings at which deputies report to the voters."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from activities.forms.campaigns import places_of
from activities.models import BallotScale, DutyReport, ReportMeeting, VoterQuestion
from activities.selectors.reporting import votes_of, where_words
from activities.selectors.scales import labels_of, scales_for_reports
from activities.services.reporting import Counted, questions_digest
from congress_portal.core.enums import Verification
from congress_portal.core.fields import DayField, WordsField
from congress_portal.core.listing import ListFilter, TownField
from congress_portal.core.models import Region, User
from congress_portal.core.stale import fingerprint
from deputies.models import Deputy, District, Mandate, Term

_MOST_VOTERS = 100_000
_MOST_QUESTIONS = 12


def districts_of(user: User) -> QuerySet[District]:
    """Those of running terms in the places that the person writes for."""
    today = timezone.localdate()
    rows = District.objects.filter(user.scope.writes("region"))
    rows = rows.filter(term__begins_on__lte=today, term__ends_on__gte=today)
    return rows.select_related("term__region", "region").order_by("term", "region__code", "pk")


class DistrictField(forms.ModelChoiceField):
    def label_from_instance(self, district: District) -> str:
        return f"{where_words(district.region, district)}（{district.term}）"


class MeetingForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    region = forms.ModelChoiceField(Region.objects.none(), label="哪里组织", empty_label=None)
    district = DistrictField(
        District.objects.none(), label="选区", required=False, empty_label="不分选区",
        help_text="不分选区的，可以选这个镇（街道）或县的任何代表。",
    )  # fmt: skip
    title = forms.CharField(
        label="会议名称", max_length=120, required=False, help_text="不填就按选区自动起名。"
    )
    held_on = DayField("日期", ahead=2)
    place = forms.CharField(label="地点", max_length=120, required=False)
    scale = forms.ModelChoiceField(
        BallotScale.objects.none(), label="票式", empty_label=None,
        help_text="决定票上有哪几个选项，结果按票式的规则自动得出。",
    )  # fmt: skip

    def __init__(
        self,
        data: Any = None,
        *,
        user: User,
        meeting: ReportMeeting | None = None,
        district: District | None = None,
    ) -> None:
        super().__init__(data)
        self.fields["region"].queryset = places_of(user)
        self.fields["district"].queryset = districts_of(user)
        self.fields["scale"].queryset = scales_for_reports()
        self.initial = {"key": uuid.uuid4()}
        if district:
            self.initial |= {"district": district.pk, "region": district.region_id}
        if meeting:
            names = ("title", "held_on", "place")
            self.initial = {name: getattr(meeting, name) for name in names}
            self.initial |= {
                "seen": fingerprint(meeting),
                "region": meeting.region_id,
                "district": meeting.district_id,
                "scale": meeting.scale_id,
            }

    @property
    def values(self) -> dict[str, Any]:
        own = {"key", "seen"}
        values = {name: value for name, value in self.cleaned_data.items() if name not in own}
        if not values["title"]:
            district = values["district"]
            where = where_words(district.region if district else values["region"], district)
            values["title"] = f"{where}代表向选民述职会"
        return values


class DeputiesField(forms.MultipleChoiceField):
    """Tick boxes of seats; the chosen deputies are its value, each once."""

    widget = forms.CheckboxSelectMultiple

    def offer(self, seats: Iterable[Mandate]) -> None:
        self.deputies: dict[str, Deputy] = {}
        self.done: dict[str, bool] = {}
        for seat in seats:
            key = str(seat.deputy_id)
            if key not in self.deputies:
                self.deputies[key], self.done[key] = seat.deputy, getattr(seat, "is_done", False)
        self.choices = [(key, self._label(key)) for key in self.deputies]

    def _label(self, key: str) -> str:
        deputy = self.deputies[key]
        told = "，本届已述职" if self.done[key] else ""
        return f"{deputy.name}（{deputy.town.name}{told}）"

    def clean(self, value: Any) -> list[Deputy]:
        return [self.deputies[key] for key in super().clean(value)]


class CallForm(forms.Form):
    deputies = DeputiesField(
        label="请哪些代表述职", error_messages={"required": "请至少选一位代表。"}
    )

    def __init__(self, data: Any = None, *, seats: Iterable[Mandate]) -> None:
        super().__init__(data)
        self.fields["deputies"].offer(seats)  # type: ignore[attr-defined]


class TextForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    text = WordsField("述职报告", rows=24, longest=20_000)

    def __init__(self, data: Any = None, *, report: DutyReport) -> None:
        super().__init__(data)
        self.initial = {"seen": fingerprint(report), "text": report.text}


class CountForm(forms.Form):
    """How many voters came and how they voted, a line a deputy; verified lines are only shown."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    voters_present = forms.IntegerField(label="到会选民（人）", min_value=1, max_value=_MOST_VOTERS)
    note = WordsField("会议记录", required=False)

    def __init__(
        self, data: Any = None, *, meeting: ReportMeeting, reports: list[DutyReport]
    ) -> None:
        super().__init__(data)
        self.meeting = meeting
        self.labels = labels_of(meeting.scale)
        self.open = [r for r in reports if r.verification != Verification.VERIFIED]
        self.closed = [r for r in reports if r.verification == Verification.VERIFIED]
        self.initial = {
            "seen": fingerprint(meeting),
            "voters_present": meeting.voters_present,
            "note": meeting.note,
        }
        for report in self.open:
            self._add(report)

    def _add(self, report: DutyReport) -> None:
        report.scale = self.meeting.scale
        stored = votes_of(report) if self.meeting.is_held else [None] * len(self.labels)
        prefix = f"r{report.pk}"
        self.fields[f"{prefix}_seen"] = forms.CharField(widget=forms.HiddenInput, max_length=64)
        self.initial[f"{prefix}_seen"] = fingerprint(report)
        for number, (label, votes) in enumerate(zip(self.labels, stored, strict=True)):
            field = forms.IntegerField(
                label=f"{report.deputy.name}：{label}票", min_value=0, max_value=_MOST_VOTERS
            )
            self.fields[f"{prefix}_{number}"] = field
            self.initial[f"{prefix}_{number}"] = votes
        self.fields[f"{prefix}_written"] = forms.BooleanField(
            label=f"{report.deputy.name}：书面述职", required=False
        )
        self.initial[f"{prefix}_written"] = report.is_written

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [
            {
                "report": report,
                "seen": self[f"r{report.pk}_seen"],
                "votes": [self[f"r{report.pk}_{number}"] for number in range(len(self.labels))],
                "written": self[f"r{report.pk}_written"],
            }
            for report in self.open
        ]

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        return [self["voters_present"], self["note"]]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        present = cleaned.get("voters_present")
        for report in self.open:
            names = [f"r{report.pk}_{number}" for number in range(len(self.labels))]
            votes = [cleaned.get(name) for name in names]
            if present is None or None in votes:
                continue
            if sum(votes) > present:
                fault = f"票数合计 {sum(votes)} 张，多于到会选民 {present} 人。"
                self.add_error(names[-1], fault)
        return cleaned

    @property
    def counts(self) -> list[Counted]:
        found = []
        for report in self.open:
            prefix = f"r{report.pk}"
            votes = [self.cleaned_data[f"{prefix}_{n}"] for n in range(len(self.labels))]
            seen, written = (self.cleaned_data[f"{prefix}_{x}"] for x in ("seen", "written"))
            found.append(Counted(report.pk, seen, votes, written))
        return found


class QuestionForm(forms.Form):
    question = WordsField("选民提问", rows=2, longest=1000)
    answer = WordsField("代表回答", rows=2, longest=2000, required=False)


QuestionFormSet = forms.formset_factory(
    QuestionForm, extra=3, max_num=_MOST_QUESTIONS, validate_max=True, can_delete=True
)


class SeenForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


def questions_form(data: Any, report: DutyReport) -> Any:
    rows = list(VoterQuestion.objects.filter(report=report).order_by("serial", "pk"))
    initial = [{"question": row.question, "answer": row.answer} for row in rows]
    formset = QuestionFormSet(data, initial=initial, prefix="asked")
    formset.seen = SeenForm(data, initial={"seen": questions_digest(rows)})
    return formset


def questions_in(formset: Any) -> list[tuple[str, str]]:
    return [
        (form.cleaned_data["question"], form.cleaned_data["answer"])
        for form in formset.forms
        if form.cleaned_data and not form.cleaned_data.get("DELETE")
    ]


class FeedbackForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    feedback = WordsField("反馈意见", help_text="会书面告诉代表本人。")

    def __init__(self, data: Any = None, *, report: DutyReport) -> None:
        super().__init__(data)
        self.initial = {"seen": fingerprint(report), "feedback": report.feedback}


class RectificationForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    rectification = WordsField("整改情况")
    rectified_on = DayField("整改日期", past=True)

    def __init__(self, data: Any = None, *, report: DutyReport) -> None:
        super().__init__(data)
        self.initial = {
            "seen": fingerprint(report),
            "rectification": report.rectification,
            "rectified_on": report.rectified_on or timezone.localdate(),
        }


class MissingFilter(ListFilter):
    """Who has not reported yet."""

    town = TownField()
    district = DistrictField(
        District.objects.none(), label="选区", required=False, widget=forms.HiddenInput
    )

    def __init__(self, data: Any, *, user: User, term: Term) -> None:
        super().__init__(data, user=user)
        self.fields["district"].queryset = District.objects.filter(term=term).select_related(
            "term__region", "region"
        )

    def by_town(self, rows: QuerySet[Mandate], town: Region) -> QuerySet[Mandate]:
        return rows.filter(deputy__town=town)

    def by_district(self, rows: QuerySet[Mandate], district: District) -> QuerySet[Mandate]:
        return rows.filter(district=district)
