"""Filters of the registers' lists and the forms of their few writes."""

from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from congress_portal.core.enums import TOWN_LEVELS, Dictionary, Level, RegionLevel
from congress_portal.core.listing import ListFilter, TownField
from congress_portal.core.models import DictionaryEntry, Region, Unit, User
from congress_portal.core.periods import Period
from congress_portal.desk.registers.selectors.composition import (
    term_before,
    terms_with_deputies,
)
from congress_portal.desk.registers.selectors.people import AGE_BANDS, Words, born_between
from congress_portal.desk.registers.selectors.records import Kind
from congress_portal.desk.registers.selectors.terms import reported_in
from deputies.enums import GroupKind, GroupRole, Sex
from deputies.models import Deputy, DeputyQuerySet, Group, Mandate, Term
from stations.enums import StandardSubject
from stations.models import Posting, Standard, StandardItem, Station
from stations.selectors.points import Points
from stations.selectors.standards import Gap, gaps_in, progress_of, standards_in_use

_ABOVE_VILLAGES = (RegionLevel.PROVINCE, RegionLevel.CITY, RegionLevel.COUNTY, *TOWN_LEVELS)
MOST_MEMBERS = 100  # of a group founded from a list in one go


def hidden(label: str, rows: QuerySet[Any], **kwargs: Any) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        rows, label=label, required=False, widget=forms.HiddenInput, **kwargs
    )


def _hidden_choice(label: str, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=choices, widget=forms.HiddenInput)


def _hidden_words(label: str) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=60, widget=forms.HiddenInput)


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class RecordFilter(ListFilter):
    """Of a list of records of one kind; a filter that the kind does not know is left out."""

    first = forms.DateField(label="从", required=False, widget=DayInput())
    last = forms.DateField(label="到", required=False, widget=DayInput())
    region = hidden("区划", Region.objects.none(), to_field_name="code")
    station = hidden("家站", Station.objects.none())
    below = hidden("家站及其下", Station.objects.none())
    group = hidden("代表小组", Group.objects.none())
    field = hidden("领域", DictionaryEntry.objects.of(Dictionary.FIELD))
    training = _hidden_choice("只看", [("yes", "培训学习"), ("no", "培训学习以外的活动")])

    def __init__(self, data: Any, *, user: User, kind: Kind) -> None:
        super().__init__(data, user=user)
        self.kind = kind
        for name in ("region", "station", "group", "field", "training"):
            if not getattr(kind, name):
                del self.fields[name]
        if not kind.station:
            del self.fields["below"]
        choices = {
            "region": Region.objects.visible_to(user),
            "station": Station.objects.visible_to(user),
            "below": Station.objects.visible_to(user),
            "group": Group.objects.visible_to(user),
        }
        for name, rows in choices.items():
            if name in self.fields:
                self.fields[name].queryset = rows

    def by_first(self, rows: QuerySet[Any], day: Any) -> QuerySet[Any]:
        return rows.filter(**{f"{self.kind.date}__gte": day})

    def by_last(self, rows: QuerySet[Any], day: Any) -> QuerySet[Any]:
        return rows.filter(**{f"{self.kind.date}__lte": day})

    def by_region(self, rows: QuerySet[Any], region: Region) -> QuerySet[Any]:
        return rows.filter(**{f"{self.kind.region}__code__startswith": region.prefix})

    def by_station(self, rows: QuerySet[Any], station: Station) -> QuerySet[Any]:
        return rows.filter(**{self.kind.station: station})

    def by_below(self, rows: QuerySet[Any], station: Station) -> QuerySet[Any]:
        return rows.filter(**{f"{self.kind.station}__in": Points().with_station(station.pk)})

    def by_group(self, rows: QuerySet[Any], group: Group) -> QuerySet[Any]:
        return rows.filter(**{self.kind.group: group})

    def by_field(self, rows: QuerySet[Any], entry: DictionaryEntry) -> QuerySet[Any]:
        return rows.filter(**{self.kind.field: entry})

    def by_training(self, rows: QuerySet[Any], answer: str) -> QuerySet[Any]:
        is_training = {f"{self.kind.training}__counts_as": "training"}
        return rows.filter(**is_training) if answer == "yes" else rows.exclude(**is_training)


class PlaceFilter(ListFilter):
    q = forms.CharField(label="名称或代码", required=False, max_length=40)
    level = forms.ChoiceField(
        label="级别", required=False, choices=[("", "全部"), *RegionLevel.choices]
    )
    under = hidden("所属", Region.objects.none(), to_field_name="code")

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data, user=user)
        self.fields["under"].queryset = Region.objects.in_scope_of_reader(user)

    def by_q(self, rows: QuerySet[Region], words: str) -> QuerySet[Region]:
        return rows.filter(Q(name__contains=words.strip()) | Q(code__startswith=words.strip()))

    def by_level(self, rows: QuerySet[Region], level: str) -> QuerySet[Region]:
        return rows.filter(level=level)

    def by_under(self, rows: QuerySet[Region], region: Region) -> QuerySet[Region]:
        return rows.filter(code__startswith=region.prefix)


class OverviewFilter(forms.Form):
    """Whose composition is shown: the deputies of a level, everywhere or in one town."""

    level = forms.ChoiceField(label="哪一级代表", required=False, choices=Level.choices)
    town = TownField()

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__({"level": Level.COUNTY, **data.dict()})
        self.fields["town"].queryset = Region.objects.towns().in_scope_of_reader(user)


class CompareFilter(forms.Form):
    """One term or two; without a choice the running one and the one before it."""

    term = forms.ModelChoiceField(Term.objects.none(), label="届次", empty_label=None)
    other = forms.ModelChoiceField(
        Term.objects.none(), label="和哪一届比", required=False, empty_label="不比较"
    )
    town = TownField()

    def __init__(self, data: Any, *, user: User) -> None:
        given, today = data.dict(), timezone.localdate()
        terms = terms_with_deputies(user)
        if "term" not in given:
            found = list(terms)
            running = [term for term in found if term.begins_on <= today <= term.ends_on]
            county = [term for term in running if term.level == Level.COUNTY]
            first = next(iter([*county, *running, *found]), None)
            before = term_before(user, first) if first else None
            given |= {"term": first.pk if first else "", "other": before.pk if before else ""}
        super().__init__(given)
        self.fields["term"].queryset = self.fields["other"].queryset = terms
        self.fields["town"].queryset = Region.objects.towns().in_scope_of_reader(user)


class PersonFilter(ListFilter):
    """Deputies in office today, by whatever a figure of the overview counts."""

    q = forms.CharField(label="姓名、拼音、专长、构成或单位", required=False, max_length=40)
    town = TownField()
    level = forms.ChoiceField(label="层级", required=False, choices=[("", "全部"), *Level.choices])
    expertise = forms.ModelChoiceField(
        DictionaryEntry.objects.of(Dictionary.EXPERTISE),
        label="专长", required=False, empty_label="全部",
    )  # fmt: skip
    place = _hidden_choice("在该镇", [("own", "本级代表"), ("upper", "驻区代表")])
    home = hidden("住在", Region.objects.none(), to_field_name="code")
    seats = _hidden_choice("身兼", [(str(n), f"{n}级代表") for n in range(1, 5)])
    sex = _hidden_choice("性别", Sex.choices)
    minority = _hidden_choice("民族", [("yes", "少数民族")])
    age = _hidden_choice("年龄", [(band.code, band.label) for band in AGE_BANDS])
    ethnicity = _hidden_words("民族")
    education = _hidden_words("文化程度")
    party = _hidden_words("政治面貌")
    sector = _hidden_words("代表构成")
    term = hidden("届次", Term.objects.all())
    how = _hidden_choice("其中", [("left", "届内离任"), ("by_election", "届内补选")])
    no_report = hidden("本届还没有述职", Term.objects.all())

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data, user=user)
        self.fields["home"].queryset = Region.objects.in_scope_of_reader(user)
        self.today = timezone.localdate()
        self.words = Words()

    @property
    def _day(self) -> Period:
        return Period(self.today, self.today, "")

    def base(self) -> DeputyQuerySet:
        """Those in office today, or those of the term that the address names."""
        rows = Deputy.objects.visible_to(self.user)
        past = self.is_valid() and (
            self.cleaned_data.get("term") or self.cleaned_data.get("no_report")
        )
        return rows if past else rows.in_office(self._day)

    def _holding(self, **facts: Any) -> QuerySet[Any]:
        return Mandate.objects.in_force(self._day).filter(**facts).values("deputy")

    def by_q(self, rows: DeputyQuerySet, words: str) -> DeputyQuerySet:
        text = words.strip()
        known = self.words.matching(Dictionary.EXPERTISE, text)
        named = Deputy.objects.search(text).values("pk")
        return rows.filter(
            Q(pk__in=named)
            | Q(employer__icontains=text)
            | Q(sector__icontains=text)
            | Q(pk__in=Deputy.objects.filter(expertise__in=known).values("pk"))
        )

    def by_town(self, rows: DeputyQuerySet, town: Region) -> DeputyQuerySet:
        if self.cleaned_data.get("place"):
            return rows
        return rows.filter(town=town)

    def by_home(self, rows: DeputyQuerySet, region: Region) -> DeputyQuerySet:
        """Who lives there: by the village for villages and below, else by the town."""
        path = "town" if region.level in _ABOVE_VILLAGES else "village"
        return rows.filter(**{f"{path}__code__startswith": region.prefix})

    def by_place(self, rows: DeputyQuerySet, place: str) -> DeputyQuerySet:
        """The seats of the town's own congress, or upper deputies who live or are posted there."""
        towns = Region.objects.towns().in_scope_of_reader(self.user)
        if town := self.cleaned_data.get("town"):
            towns = towns.filter(pk=town.pk)
        if place == "own":
            return rows.filter(pk__in=self._holding(level=Level.TOWN, region__in=towns))
        level = self.cleaned_data.get("level")
        levels = [level] if level else [Level.PROVINCE, Level.CITY, Level.COUNTY]
        posted = Posting.objects.on(self.today).filter(station__region__in=towns).values("deputy")
        here = Q(town__in=towns) | Q(pk__in=posted)
        return rows.filter(here, pk__in=self._holding(level__in=levels))

    def by_level(self, rows: DeputyQuerySet, level: str) -> DeputyQuerySet:
        return rows.filter(pk__in=self._holding(level=level))

    def by_expertise(self, rows: DeputyQuerySet, entry: DictionaryEntry) -> DeputyQuerySet:
        return rows.filter(expertise=entry)

    def by_seats(self, rows: DeputyQuerySet, number: str) -> DeputyQuerySet:
        held = Mandate.objects.visible_to(self.user).in_force(self._day).order_by()
        levels = held.values("deputy").annotate(levels=Count("level", distinct=True))
        return rows.filter(pk__in=levels.filter(levels=int(number)).values("deputy"))

    def by_sex(self, rows: DeputyQuerySet, sex: str) -> DeputyQuerySet:
        return rows.filter(sex=sex)

    def by_minority(self, rows: DeputyQuerySet, _: str) -> DeputyQuerySet:
        written = set(rows.values_list("ethnicity", flat=True).order_by().distinct())
        return rows.filter(ethnicity__in=[one for one in written if self.words.is_minority(one)])

    def by_age(self, rows: DeputyQuerySet, code: str) -> DeputyQuerySet:
        band = next(band for band in AGE_BANDS if band.code == code)
        if band.youngest is None:
            return rows.filter(birth_month__isnull=True)
        return rows.filter(birth_month__range=born_between(band, self.today))

    def _written(self, rows: DeputyQuerySet, field: str, name: str) -> DeputyQuerySet:
        """Rows whose written value means ``name`` (汉 is 汉族)."""
        written = set(rows.values_list(field, flat=True).order_by().distinct())
        same = [one for one in written if self.words.canonical(field, one) == name]
        return rows.filter(**{f"{field}__in": same})

    def by_ethnicity(self, rows: DeputyQuerySet, name: str) -> DeputyQuerySet:
        return self._written(rows, "ethnicity", name)

    def by_education(self, rows: DeputyQuerySet, name: str) -> DeputyQuerySet:
        return self._written(rows, "education", name)

    def by_party(self, rows: DeputyQuerySet, name: str) -> DeputyQuerySet:
        return self._written(rows, "party", name)

    def by_sector(self, rows: DeputyQuerySet, name: str) -> DeputyQuerySet:
        return self._written(rows, "sector", name)

    def by_term(self, rows: DeputyQuerySet, term: Term) -> DeputyQuerySet:
        return rows.filter(pk__in=term.mandates.values("deputy"))

    def by_how(self, rows: DeputyQuerySet, how: str) -> DeputyQuerySet:
        """Those who left during the term that the address names, or came by a by-election."""
        held = Mandate.objects.filter(term=self.cleaned_data.get("term"))
        if how == "left":
            return rows.filter(pk__in=held.filter(ends_on__isnull=False).values("deputy"))
        return rows.filter(pk__in=held.filter(begin_kind=how).values("deputy"))

    def by_no_report(self, rows: DeputyQuerySet, term: Term) -> DeputyQuerySet:
        owing = term.mandates.filter(ends_on__isnull=True).values("deputy")
        return rows.filter(pk__in=owing).exclude(pk__in=reported_in(term))


class JoinForm(forms.Form):
    deputy = forms.ModelChoiceField(Deputy.objects.none(), label="代表", empty_label="请选择")
    role = forms.ChoiceField(label="职务", choices=GroupRole.choices, initial=GroupRole.MEMBER)
    on = forms.DateField(label="从哪天起", widget=DayInput(), initial=timezone.localdate)

    def __init__(self, data: Any, *, group: Group, user: User) -> None:
        super().__init__(data)
        today = timezone.localdate()
        rows = Deputy.objects.visible_to(user).in_office(Period(today, today, ""))
        inside = group.memberships.filter(ends_on__isnull=True).values("deputy")
        rows = rows.filter(town__code__startswith=group.region.prefix).exclude(pk__in=inside)
        self.fields["deputy"].queryset = rows.select_related("town").order_by("pinyin", "pk")
        self.fields["deputy"].label_from_instance = lambda row: f"{row.name}（{row.town.name}）"


class LeaveForm(forms.Form):
    on = forms.DateField(label="最后一天", widget=DayInput(), initial=timezone.localdate)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label="职务", choices=GroupRole.choices)
    on = forms.DateField(label="从哪天起", widget=DayInput(), initial=timezone.localdate)


class NewGroupForm(forms.Form):
    """The name, field and partner of a group; its members come from the list of persons."""

    name = forms.CharField(label="小组名称", max_length=60)
    kind = forms.ChoiceField(
        label="类别", choices=GroupKind.choices, initial=GroupKind.PROFESSIONAL
    )
    field = forms.ModelChoiceField(
        DictionaryEntry.objects.of(Dictionary.FIELD).active(),
        label="领域",
        required=False,
        help_text="专业小组要选；小组页列出这一领域的建议和意见。",
    )
    partner = forms.ModelChoiceField(
        Unit.objects.active(), label="对口单位", required=False, empty_label="不定"
    )
    region = forms.ModelChoiceField(Region.objects.none(), label="所属区划", empty_label=None)
    on = forms.DateField(label="成立日期", widget=DayInput(), initial=timezone.localdate)
    members = forms.ModelMultipleChoiceField(
        Deputy.objects.none(), label="成员", widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any, *, user: User, chosen: list[int]) -> None:
        super().__init__(data)
        places = [RegionLevel.COUNTY, RegionLevel.TOWN, RegionLevel.SUBDISTRICT, RegionLevel.FARM]
        regions = Region.objects.editable_by(user).filter(level__in=places).order_by("code")
        self.fields["region"].queryset = regions
        people = Deputy.objects.visible_to(user).filter(pk__in=chosen).select_related("town")
        self.fields["members"].queryset = people.order_by("pinyin", "pk")
        self.fields["members"].initial = chosen
        self.fields["members"].label_from_instance = lambda row: f"{row.name}（{row.town.name}）"


class GapFilter(ListFilter):
    """Of the list of what stations lack."""

    town = TownField()
    standard = forms.ModelChoiceField(
        Standard.objects.checklists_of(StandardSubject.STATION),
        label="标准",
        required=False,
        empty_label="全部",
    )
    item = hidden("项目", StandardItem.objects.all())
    station = hidden("家站", Station.objects.none())

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data, user=user)
        self.fields["station"].queryset = Station.objects.visible_to(user)

    def gaps(self) -> list[Gap]:
        """By station, standard and item; none where a filter cannot be read."""
        if not self.is_valid():
            return []
        wanted = self.cleaned_data
        rows = Station.objects.visible_to(self.user).active().order_by("number")
        if town := wanted.get("town"):
            rows = rows.filter(region=town)
        if station := wanted["station"]:
            rows = rows.filter(pk=station.pk)
        found = gaps_in(progress_of(rows, standards_in_use()))
        if standard := wanted["standard"]:
            found = [gap for gap in found if gap.standard == standard]
        if item := wanted["item"]:
            found = [gap for gap in found if gap.line.item == item]
        return found
