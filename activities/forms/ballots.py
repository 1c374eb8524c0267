"""Forms of ballots: made by staff, filled in by deputies, paper votes entered by staff."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from activities.forms.campaigns import places_of
from activities.forms.findings import KeyForm, people_of
from activities.forms.inviting import near_of
from activities.models import (
    Activity,
    Ballot,
    BallotCount,
    BallotItem,
    BallotOption,
    BallotScale,
    BallotVoter,
)
from congress_portal.core.fields import WordsField
from congress_portal.core.models import Region, User
from congress_portal.core.periods import Period
from congress_portal.core.stale import fingerprint
from deputies.fields import DeputyChoiceField, DeputyNamesField
from deputies.models import Deputy

_MOST_ITEMS = 40
ABSTAIN = "0"


class BallotForm(KeyForm):
    NAMED, PRESENT, ALL = "named", "present", "all"

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    title = forms.CharField(label="名称", max_length=120)
    region = forms.ModelChoiceField(Region.objects.none(), label="哪里组织", empty_label=None)
    scale = forms.ModelChoiceField(BallotScale.objects.none(), label="票式", empty_label=None)
    items = WordsField(
        "测评的对象或内容",
        rows=5,
        help_text="一行一项，如站所、单位、人选；写单位全称的，结果归到这个单位。",
    )
    is_anonymous = forms.BooleanField(
        label="无记名",
        required=False,
        initial=True,
        help_text="无记名的，谁也查不到某张票是谁投的。",
    )
    who = forms.ChoiceField(
        label="谁来投票",
        choices=[
            (PRESENT, "到会和被通知的代表"),
            (ALL, "本级全体在任代表"),
            (NAMED, "只有写了姓名的代表"),
        ],
        widget=forms.RadioSelect,
        initial=NAMED,
    )
    names = DeputyNamesField(
        "投票人姓名",
        required=False,
        help_text="用顿号分开；外镇同名的加镇名，如 张伟（云溪镇）。一位也没有，就全部用纸质票。",
    )
    closes_at = forms.DateTimeField(
        label="什么时候截止",
        required=False,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        help_text="不填就由工作人员当场结束。",
    )
    note = forms.CharField(label="说明", max_length=200, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        user: User,
        ballot: Ballot | None = None,
        activity: Activity | None = None,
    ) -> None:
        super().__init__(data)
        self.activity = ballot.activity if ballot else activity
        self.fields["region"].queryset = places_of(user)
        chosen = Q(pk=ballot.scale_id) if ballot else Q()
        self.fields["scale"].queryset = BallotScale.objects.filter(Q(is_active=True) | chosen)
        self.fields["names"].rows = Deputy.objects.all()
        self.fields["names"].near = near_of(user, self.activity)
        if self.activity is None:
            self.fields["who"].choices = self.fields["who"].choices[1:]
        if ballot:
            self.initial.update(_of_ballot(ballot))
        elif activity:
            self.initial.update(
                title=f"{activity.title}测评"[:120],
                region=activity.region_id,
                who=self.PRESENT,
                items="\n".join(unit.name for unit in activity.units.all()),
            )

    def clean_items(self) -> list[str]:
        names = [line.strip() for line in self.cleaned_data["items"].splitlines() if line.strip()]
        if len(names) > _MOST_ITEMS:
            raise forms.ValidationError(f"一次最多 {_MOST_ITEMS} 项，请分几张票。")
        if too_long := [name for name in names if len(name) > 120]:
            raise forms.ValidationError(f"「{too_long[0][:20]}…」太长，每项最多 120 个字。")
        return names

    def clean_closes_at(self) -> Any:
        moment = self.cleaned_data["closes_at"]
        if moment and moment <= timezone.now():
            raise forms.ValidationError("截止时间要在现在以后。")
        return moment

    @property
    def voters(self) -> QuerySet[Deputy] | Sequence[Deputy]:
        given = self.cleaned_data
        named = [deputy.pk for deputy in given["names"]]
        rule = Q(pk__in=named)
        if given["who"] == self.PRESENT and self.activity:
            rule |= Q(pk__in=people_of(self.activity).values("pk"))
        if given["who"] == self.ALL:
            today = timezone.localdate()
            seats = Deputy.objects.filter(mandates__region=given["region"])
            rule |= Q(pk__in=seats.in_office(Period(today, today, "")).values("pk"))
        return Deputy.objects.filter(rule).distinct()

    @property
    def values(self) -> dict[str, Any]:
        names = ("title", "region", "scale", "is_anonymous", "closes_at", "note")
        values = {name: self.cleaned_data[name] for name in names}
        return {
            "values": {**values, "activity": self.activity},
            "items": self.cleaned_data["items"],
            "voters": list(self.voters),
        }


def _of_ballot(ballot: Ballot) -> dict[str, Any]:
    names = ("title", "region", "scale", "is_anonymous", "note")
    voters = BallotVoter.objects.filter(ballot=ballot).select_related("deputy__town")
    items = ballot.items.order_by("serial", "pk")
    return {
        **{name: getattr(ballot, name) for name in names},
        "closes_at": ballot.closes_at and timezone.localtime(ballot.closes_at),
        "seen": fingerprint(ballot),
        "items": "\n".join(item.name for item in items),
        "who": BallotForm.NAMED,
        "names": "、".join(f"{row.deputy.name}（{row.deputy.town.name}）" for row in voters),
    }


class VoteForm(forms.Form):
    """The paper on the screen: each item with the scale's options and 弃权."""

    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, ballot: Ballot) -> None:
        super().__init__(data)
        options = list(ballot.scale.options.order_by("order", "pk"))
        choices = [(str(option.pk), option.label) for option in options]
        self.items: list[BallotItem] = list(ballot.items.order_by("serial", "pk"))
        for item in self.items:
            self.fields[f"item-{item.pk}"] = forms.ChoiceField(
                label=item.name,
                choices=[*choices, (ABSTAIN, "弃权")],
                widget=forms.RadioSelect,
                error_messages={"required": "请选一个；不表态的选弃权。"},
            )

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """What was chosen, in words, for the summary."""
        lines = []
        for item in self.items:
            name = f"item-{item.pk}"
            labels = dict(self.fields[name].choices)
            lines.append((item.name, labels[self.cleaned_data[name]]))
        return lines

    @property
    def values(self) -> dict[int, int | None]:
        given = {item.pk: self.cleaned_data[f"item-{item.pk}"] for item in self.items}
        return {item: None if mark == ABSTAIN else int(mark) for item, mark in given.items()}


def _number(label: str, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=1_000_000, **kwargs)


class PaperVotesForm(forms.Form):
    """Numbers counted on paper, item by item."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    issued = _number("发出票数", required=False, help_text="电子票和纸质票合计；不填按投票人数。")
    spoiled = _number("废票", initial=0)

    def __init__(self, data: Any = None, *, ballot: Ballot) -> None:
        super().__init__(data)
        self.initial = {
            "seen": fingerprint(ballot),
            "issued": ballot.issued,
            "spoiled": ballot.spoiled,
        }
        rows = BallotCount.objects.filter(item__ballot=ballot)
        stored = {(row.item_id, row.option_id): row.votes for row in rows}
        self.cells: dict[str, tuple[int, int]] = {}
        options: list[BallotOption] = list(ballot.scale.options.order_by("order", "pk"))
        for item in ballot.items.order_by("serial", "pk"):
            for option in options:
                name = f"votes-{item.pk}-{option.pk}"
                self.cells[name] = (item.pk, option.pk)
                label = f"{item.name}：{option.label}"
                self.fields[name] = _number(label, required=False)
                self.initial[name] = stored.get((item.pk, option.pk), 0)

    @property
    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "issued": given["issued"],
            "spoiled": given["spoiled"],
            "votes": {cell: given[name] or 0 for name, cell in self.cells.items()},
        }


class StepForm(forms.Form):
    """A step of the office: the consequence is named, a reason where the table wants one."""

    reason = forms.CharField(label="原因", max_length=200)

    def __init__(self, data: Any = None, *, asks_reason: bool) -> None:
        super().__init__(data)
        if not asks_reason:
            del self.fields["reason"]


class PaperVoterForm(forms.Form):
    deputy = DeputyChoiceField(
        Deputy.objects.none(), label="哪位代表改投纸质票", empty_label="请选择"
    )

    def __init__(self, data: Any = None, *, ballot: Ballot) -> None:
        super().__init__(data)
        rows = BallotVoter.objects.filter(ballot=ballot, voted_on=None)
        deputies = Deputy.objects.filter(pk__in=rows.values("deputy"))
        self.fields["deputy"].queryset = deputies.select_related("town").order_by("pinyin", "pk")
