from django import forms

from congress_portal.core.enums import Level
from congress_portal.core.listing import ListFilter, TownField
from congress_portal.core.models import Region
from deputies.models import DeputyQuerySet, Group


class DeputyFilter(ListFilter):
    q = forms.CharField(label="姓名或拼音首字母", required=False, max_length=40)
    town = TownField()
    level = forms.ChoiceField(label="层级", required=False, choices=[("", "全部"), *Level.choices])
    group = forms.ModelChoiceField(
        Group.objects.none(), label="小组", required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = Group.objects.visible_to(self.user)

    def by_q(self, rows: DeputyQuerySet, words: str) -> DeputyQuerySet:
        return rows.search(words)

    def by_town(self, rows: DeputyQuerySet, town: Region) -> DeputyQuerySet:
        return rows.filter(town=town)

    def by_level(self, rows: DeputyQuerySet, level: str) -> DeputyQuerySet:
        return rows.of_level(level)

    def by_group(self, rows: DeputyQuerySet, group: Group) -> DeputyQuerySet:
        return rows.filter(memberships__group=group)
