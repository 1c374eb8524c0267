"""Filters of the lists of suggestions and voices."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from congress_portal.core.enums import Dictionary, Rating
from congress_portal.core.listing import ListFilter, PeriodField, TownField
from congress_portal.core.masking import without_numbers
from congress_portal.core.models import DictionaryEntry, Region, Unit
from congress_portal.core.periods import Period
from deputies.models import Deputy
from stations.models import Reception, Station
from suggestions.enums import TASK_DICTIONARIES, IntakeState, Share, State, VoiceSource, VoiceState
from suggestions.models import Handling, Intake, Reply, Suggestion, Voice
from suggestions.selectors import (
    due_soon,
    due_within,
    numbered,
    overdue,
    stale_voices,
    voices_of_age,
)
from suggestions.selectors.measures import AGES, MEASURES, behind, of_age
from suggestions.selectors.voice_figures import not_merged, standing_open
from suggestions.selectors.voice_states import AGES as OLDER_THAN
from suggestions.selectors.voice_states import FINAL, WAITING


def _hidden(label: str, rows: QuerySet[Any]) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(rows, label=label, required=False, widget=forms.HiddenInput)


class SuggestionFilter(ListFilter):
    q = forms.CharField(label="标题或编号", required=False, max_length=60)
    period = PeriodField()
    town = TownField()
    state = forms.ChoiceField(
        label="办理",
        required=False,
        choices=[
            ("", "全部"),
            ("overdue", "已逾期"),
            ("soon", "将到期"),
            ("open", "未答复"),
            ("fresh", "未交办"),
            ("replied", "已答复"),
        ],
    )
    unit = forms.ModelChoiceField(
        Unit.objects.all(), label="办理单位", required=False, empty_label="全部"
    )
    deputy = _hidden("领衔代表", Deputy.objects.none())
    cosigner = _hidden("附议代表", Deputy.objects.none())
    replied = PeriodField("答复于", hidden=True)
    due = PeriodField("答复期限在", hidden=True)
    lead_unit = _hidden("主办单位", Unit.objects.all())
    rating = forms.ChoiceField(
        label="代表评价", required=False, choices=Rating.choices, widget=forms.HiddenInput
    )
    reply_class = _hidden("办理结果", DictionaryEntry.objects.all())
    year = forms.IntegerField(label="年度", required=False, widget=forms.HiddenInput)
    at = forms.ChoiceField(
        label="状态", required=False, choices=State.choices, widget=forms.HiddenInput
    )
    is_key = forms.BooleanField(label="重点督办的", required=False, widget=forms.HiddenInput)
    age = forms.ChoiceField(
        label="交办至今", required=False, choices=AGES, widget=forms.HiddenInput
    )
    field = _hidden("领域", DictionaryEntry.objects.of(Dictionary.FIELD))
    theme = _hidden("中心工作", DictionaryEntry.objects.filter(dictionary__in=TASK_DICTIONARIES))
    # last: it counts among what the others leave
    measure = forms.ChoiceField(
        label="其中", required=False, choices=MEASURES, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("deputy", "cosigner"):
            self.fields[name].queryset = Deputy.objects.visible_to(self.user)

    def by_q(self, rows: QuerySet[Suggestion], words: str) -> QuerySet[Suggestion]:
        return rows.filter(Q(title__contains=words.strip()) | numbered(words))

    def by_period(self, rows: QuerySet[Suggestion], period: Period) -> QuerySet[Suggestion]:
        return rows.submitted_in(period)

    def by_town(self, rows: QuerySet[Suggestion], town: Region) -> QuerySet[Suggestion]:
        return rows.filter(lead__town=town)

    def by_state(self, rows: QuerySet[Suggestion], state: str) -> QuerySet[Suggestion]:
        today = timezone.localdate()
        if state == "overdue":
            return overdue(rows, today)
        if state == "soon":
            return due_soon(rows, today)
        if state == "open":
            return rows.unanswered()
        if state == "fresh":
            return rows.fresh()
        return rows.filter(pk__in=Reply.objects.of_lead_units().values("handling__suggestion"))

    def by_unit(self, rows: QuerySet[Suggestion], unit: Unit) -> QuerySet[Suggestion]:
        return rows.filter(handlings__unit=unit, handlings__ended_on__isnull=True)

    def by_deputy(self, rows: QuerySet[Suggestion], deputy: Deputy) -> QuerySet[Suggestion]:
        return rows.filter(lead=deputy)

    def by_cosigner(self, rows: QuerySet[Suggestion], deputy: Deputy) -> QuerySet[Suggestion]:
        return rows.filter(cosignatures__deputy=deputy)

    def by_replied(self, rows: QuerySet[Suggestion], period: Period) -> QuerySet[Suggestion]:
        return self._with_reply(rows, replied_on__range=(period.first, period.last))

    def by_due(self, rows: QuerySet[Suggestion], period: Period) -> QuerySet[Suggestion]:
        return due_within(rows, period)

    def by_lead_unit(self, rows: QuerySet[Suggestion], unit: Unit) -> QuerySet[Suggestion]:
        return rows.filter(
            handlings__unit=unit, handlings__share=Share.LEAD, handlings__ended_on__isnull=True
        )

    def by_rating(self, rows: QuerySet[Suggestion], rating: str) -> QuerySet[Suggestion]:
        return self._with_reply(rows, rating=rating)

    def by_reply_class(
        self, rows: QuerySet[Suggestion], entry: DictionaryEntry
    ) -> QuerySet[Suggestion]:
        return self._with_reply(rows, reply_class=entry)

    def by_year(self, rows: QuerySet[Suggestion], year: int) -> QuerySet[Suggestion]:
        return rows.filter(year=year)

    def by_field(self, rows: QuerySet[Suggestion], entry: DictionaryEntry) -> QuerySet[Suggestion]:
        return rows.filter(field=entry)

    def by_theme(self, rows: QuerySet[Suggestion], entry: DictionaryEntry) -> QuerySet[Suggestion]:
        return rows.filter(themes=entry)

    def by_at(self, rows: QuerySet[Suggestion], state: str) -> QuerySet[Suggestion]:
        return rows.filter(state=state)

    def by_is_key(self, rows: QuerySet[Suggestion], only: bool) -> QuerySet[Suggestion]:
        return rows.filter(is_key=True) if only else rows

    def by_age(self, rows: QuerySet[Suggestion], number: str) -> QuerySet[Suggestion]:
        return of_age(rows, int(number))

    def by_measure(self, rows: QuerySet[Suggestion], measure: str) -> QuerySet[Suggestion]:
        return behind(rows, measure, self.cleaned_data.get("lead_unit"))

    def _with_reply(self, rows: QuerySet[Suggestion], **facts: Any) -> QuerySet[Suggestion]:
        replies = Reply.objects.of_lead_units().filter(**facts)
        return rows.filter(pk__in=replies.values("handling__suggestion"))


class InboxFilter(ListFilter):
    """Narrows every kind of the office's inbox at once; ``kind`` stays in the address."""

    kind = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    q = forms.CharField(label="标题或编号", required=False, max_length=60)
    town = TownField()
    unit = forms.ModelChoiceField(
        Unit.objects.all(), label="办理单位", required=False, empty_label="全部"
    )

    @property
    def only(self) -> list[str]:
        """The kind stands above the list; it is no narrowing of its own."""
        return []

    @property
    def narrowed(self) -> bool:
        return any(self.data.get(name) for name in self.fields if name != "kind")

    def by_kind(self, rows: QuerySet[Suggestion], code: str) -> QuerySet[Suggestion]:
        """The view takes the kind; the rows stay."""
        return rows

    def by_q(self, rows: QuerySet[Suggestion], words: str) -> QuerySet[Suggestion]:
        return rows.filter(Q(title__contains=words.strip()) | Q(number=words.strip()))

    def by_town(self, rows: QuerySet[Suggestion], town: Region) -> QuerySet[Suggestion]:
        return rows.filter(lead__town=town)

    def by_unit(self, rows: QuerySet[Suggestion], unit: Unit) -> QuerySet[Suggestion]:
        parts = Handling.objects.filter(unit=unit, ended_on__isnull=True)
        return rows.filter(pk__in=parts.values("suggestion"))


class IntakeFilter(ListFilter):
    q = forms.CharField(label="主题或寄件人", required=False, max_length=60)
    state = forms.ChoiceField(
        label="处理", required=False, choices=[("", "全部"), *IntakeState.choices]
    )

    def by_q(self, rows: QuerySet[Intake], words: str) -> QuerySet[Intake]:
        wanted = words.strip()
        return rows.filter(Q(subject__contains=wanted) | Q(sender_name=wanted))

    def by_state(self, rows: QuerySet[Intake], state: str) -> QuerySet[Intake]:
        return rows.filter(state=state)


class VoiceFilter(ListFilter):
    q = forms.CharField(label="反映的问题", required=False, max_length=60)
    period = PeriodField()
    town = TownField()
    state = forms.ChoiceField(
        label="办结",
        required=False,
        choices=[
            ("", "全部"),
            ("open", "未办结"),
            ("stale", "超过30天未办结"),
            ("closed", "已办结"),
            ("standing", "未办结，并入别件的不另算"),
        ],
    )
    source = forms.ChoiceField(
        label="来源", required=False, choices=[("", "全部"), *VoiceSource.choices]
    )
    age = forms.ChoiceField(
        label="反映至今", required=False, choices=AGES, widget=forms.HiddenInput
    )
    unit = forms.ModelChoiceField(
        Unit.objects.all(), label="承办单位", required=False, empty_label="全部"
    )
    field = _hidden("领域", DictionaryEntry.objects.of(Dictionary.FIELD))
    no_unit = forms.BooleanField(label="没有转给单位的", required=False, widget=forms.HiddenInput)
    heard = PeriodField("接待于", hidden=True)
    station = _hidden("家站", Station.objects.none())
    reception = _hidden("接待", Reception.objects.none())
    deputy = _hidden("接待代表", Deputy.objects.none())
    heard_by = _hidden("听到的代表", Deputy.objects.none())
    at = _hidden("由人大机关自己办的", Region.objects.none())
    over = forms.ChoiceField(
        label="反映至今超过", required=False, widget=forms.HiddenInput,
        choices=[(str(days), f"{days}天") for days in OLDER_THAN],
    )  # fmt: skip
    apart = forms.BooleanField(label="并入别件的不另算", required=False, widget=forms.HiddenInput)
    turned = forms.BooleanField(label="转为建议的", required=False, widget=forms.HiddenInput)
    rated = forms.ChoiceField(
        label="评价", required=False, widget=forms.HiddenInput,
        choices=[("any", "有评价的"), ("good", "满意和基本满意的")],
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["station"].queryset = Station.objects.visible_to(self.user)
        self.fields["reception"].queryset = Reception.objects.visible_to(self.user).select_related(
            "station"
        )
        for name in ("deputy", "heard_by"):
            self.fields[name].queryset = Deputy.objects.visible_to(self.user)
        self.fields["at"].queryset = Region.objects.in_scope_of_reader(self.user)

    def by_q(self, rows: QuerySet[Voice], words: str) -> QuerySet[Voice]:
        return rows.filter(matter__contains=without_numbers(words.strip()))

    def by_field(self, rows: QuerySet[Voice], entry: DictionaryEntry) -> QuerySet[Voice]:
        return rows.filter(field=entry)

    def by_source(self, rows: QuerySet[Voice], source: str) -> QuerySet[Voice]:
        return rows.filter(source=source)

    def by_heard_by(self, rows: QuerySet[Voice], deputy: Deputy) -> QuerySet[Voice]:
        """Oneself, or on duty at the reception."""
        found = Voice.objects.filter(Q(deputy=deputy) | Q(reception__duties__deputy=deputy))
        return rows.filter(pk__in=found.order_by().values("pk"))

    def by_at(self, rows: QuerySet[Voice], region: Region) -> QuerySet[Voice]:
        return rows.filter(region=region, station=None)

    def by_over(self, rows: QuerySet[Voice], days: str) -> QuerySet[Voice]:
        return rows.filter(raised_on__lt=timezone.localdate() - dt.timedelta(days=int(days)))

    def by_apart(self, rows: QuerySet[Voice], only: bool) -> QuerySet[Voice]:
        return not_merged(rows) if only else rows

    def by_turned(self, rows: QuerySet[Voice], only: bool) -> QuerySet[Voice]:
        return rows.filter(suggestion__isnull=False) if only else rows

    def by_rated(self, rows: QuerySet[Voice], kind: str) -> QuerySet[Voice]:
        good = (Rating.SATISFIED, Rating.BASICALLY)
        return rows.filter(rating__in=good) if kind == "good" else rows.exclude(rating="")

    def by_period(self, rows: QuerySet[Voice], period: Period) -> QuerySet[Voice]:
        return rows.filter(raised_on__range=(period.first, period.last))

    def by_heard(self, rows: QuerySet[Voice], period: Period) -> QuerySet[Voice]:
        return rows.at_receptions_in(period)

    def by_town(self, rows: QuerySet[Voice], town: Region) -> QuerySet[Voice]:
        return rows.filter(region=town)

    def by_state(self, rows: QuerySet[Voice], state: str) -> QuerySet[Voice]:
        if state == "stale":
            return stale_voices(rows, timezone.localdate())
        if state == "standing":
            return standing_open(rows)
        return rows.filter(closed_on__isnull=state == "open")

    def by_age(self, rows: QuerySet[Voice], number: str) -> QuerySet[Voice]:
        return voices_of_age(rows, timezone.localdate(), int(number))

    def by_unit(self, rows: QuerySet[Voice], unit: Unit) -> QuerySet[Voice]:
        return rows.filter(unit=unit)

    def by_no_unit(self, rows: QuerySet[Voice], only: bool) -> QuerySet[Voice]:
        return rows.filter(unit__isnull=True) if only else rows

    def by_station(self, rows: QuerySet[Voice], station: Station) -> QuerySet[Voice]:
        return rows.filter(station=station)

    def by_reception(self, rows: QuerySet[Voice], reception: Reception) -> QuerySet[Voice]:
        return rows.filter(reception=reception)

    def by_deputy(self, rows: QuerySet[Voice], deputy: Deputy) -> QuerySet[Voice]:
        return rows.filter(reception__duties__deputy=deputy)


class VoiceFiguresFilter(ListFilter):
    """The figures over voices of a period and a town."""

    period = PeriodField("反映于")
    town = TownField()

    def by_period(self, rows: QuerySet[Voice], period: Period) -> QuerySet[Voice]:
        return rows.filter(raised_on__range=(period.first, period.last))

    def by_town(self, rows: QuerySet[Voice], town: Region) -> QuerySet[Voice]:
        return rows.filter(region=town)

    def of_town(self, rows: QuerySet[Voice]) -> QuerySet[Voice]:
        """What is open today has no period."""
        if not self.is_valid():
            return rows.none()
        town = self.cleaned_data.get("town")
        return self.by_town(rows, town) if town else rows


_IN_HAND = [state for state in VoiceState if state not in FINAL]
NO_UNIT = "none"


class VoiceInboxFilter(ListFilter):
    """The voices that a person sorts; without a state or an owner, those that wait."""

    q = forms.CharField(label="反映的问题", required=False, max_length=60)
    town = TownField()
    station = forms.ModelChoiceField(
        Station.objects.none(), label="家站", required=False, empty_label="全部"
    )
    state = forms.ChoiceField(
        label="办到哪一步",
        required=False,
        choices=[
            ("", "等着分办的"),
            *((state.value, state.label) for state in _IN_HAND),
            ("all", "全部未办结的"),
        ],
    )
    age = forms.ChoiceField(
        label="反映至今",
        required=False,
        choices=[("", "不限"), *((str(days), f"超过{days}天") for days in (30, 60, 90))],
    )
    owner = forms.ChoiceField(label="在谁手里", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stations = Station.objects.editable_by(self.user).active().order_by("number")
        self.fields["station"].queryset = stations  # type: ignore[attr-defined]
        mine = Voice.objects.editable_by(self.user).filter(closed_on__isnull=True)
        units = Unit.objects.filter(pk__in=mine.order_by().values("unit")).order_by("name")
        self.fields["owner"].choices = [  # type: ignore[attr-defined]
            ("", "不限"), (NO_UNIT, "家站、人大机关"),
            *((str(unit.pk), str(unit)) for unit in units),
        ]  # fmt: skip

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = super().apply(rows)
        if not self.is_valid() or self.cleaned_data["state"]:
            return rows
        is_with_a_unit = self.cleaned_data["owner"] not in ("", NO_UNIT)
        return rows.filter(stands__in=sorted(_IN_HAND if is_with_a_unit else WAITING))

    def by_q(self, rows: QuerySet[Voice], words: str) -> QuerySet[Voice]:
        return rows.filter(matter__contains=without_numbers(words.strip()))

    def by_town(self, rows: QuerySet[Voice], town: Region) -> QuerySet[Voice]:
        return rows.filter(region=town)

    def by_station(self, rows: QuerySet[Voice], station: Station) -> QuerySet[Voice]:
        return rows.filter(station=station)

    def by_state(self, rows: QuerySet[Voice], state: str) -> QuerySet[Voice]:
        wanted = sorted(_IN_HAND) if state == "all" else [state]
        return rows.filter(stands__in=wanted)

    def by_age(self, rows: QuerySet[Voice], days: str) -> QuerySet[Voice]:
        return rows.filter(raised_on__lt=timezone.localdate() - dt.timedelta(days=int(days)))

    def by_owner(self, rows: QuerySet[Voice], owner: str) -> QuerySet[Voice]:
        return rows.filter(unit=None if owner == NO_UNIT else int(owner))
