"""Deputies' groups (代表小组) with their officers and members."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from congress_portal.core.importing.columns import ChoiceCell, Column, NameCell, NamesCell
from congress_portal.core.importing.directories import Regions
from congress_portal.core.importing.errors import ValueFault
from congress_portal.core.importing.registry import register
from congress_portal.core.importing.resource import CellFault, ImportResource
from congress_portal.core.importing.row import Children, Row, Stored
from congress_portal.core.models import Region
from congress_portal.core.text import normal
from deputies.enums import GroupKind, GroupRole
from deputies.models import Group, GroupMembership
from deputies.resources.lookup import Deputies

_OFFICERS = (
    ("leader", GroupRole.LEADER),
    ("deputy_leader", GroupRole.DEPUTY_LEADER),
    ("liaison", GroupRole.LIAISON),
)
_KIND_WORDS = {
    "区域": "regional", "地域小组": "regional", "区域代表小组": "regional", "综合小组": "regional",
    "专业": "professional", "行业小组": "professional", "专业代表小组": "professional",
    "界别小组": "professional",
}  # fmt: skip


def _ended_today() -> dict[str, Any]:
    return {"ends_on": timezone.localdate()}


@register
class GroupResource(ImportResource):
    kind = "代表小组"
    order = 60
    depends = ("行政区划", "县代表花名册", "镇代表名册")
    needs = (("name",), ("members", "leader"))
    hints = ("小组",)
    scope_column = "name"
    child_sets = {
        "memberships": Children(
            GroupMembership, "group_id", "deputy_id", ("role", "serial"),
            when={"ends_on__isnull": True}, end=_ended_today,
        ),
    }  # fmt: skip

    name = Column(
        "小组名称", NameCell(60, "名称"), attribute="name", needed=True,
        synonyms=("名称", "代表小组", "代表小组名称", "小组"),
    )  # fmt: skip
    group_kind = Column(
        "类别", ChoiceCell(GroupKind, "类别", _KIND_WORDS), attribute="kind", sets=("kind",),
        synonyms=("小组类别", "类型", "小组类型", "性质"),
    )  # fmt: skip
    leader = Column("组长", NameCell(40), sets=(), synonyms=("小组长", "组长姓名", "召集人"))
    deputy_leader = Column("副组长", NameCell(40), synonyms=("副组长姓名", "副召集人"))
    liaison = Column("联络员", NameCell(40), synonyms=("联络人", "小组联络员", "联系人"))
    members = Column(
        "成员", NamesCell(), sets=("memberships",),
        synonyms=("小组成员", "组员", "成员名单", "代表名单", "小组代表"),
    )  # fmt: skip

    class Meta:
        model = Group

    def prepare(self, rows: list[Row]) -> None:
        self.regions = self.session.cache(Regions)
        self.deputies = self.session.cache(Deputies)

    def resolve(self, row: Row) -> None:
        values = row.values
        region = self._region(row)
        memberships: dict[int, tuple[str, int]] = {}
        officers: dict[int, str] = {}
        for name, role in _OFFICERS:
            if values[name]:
                officers.setdefault(self._deputy(row, name, values[name], region), role)
        listed = [self._deputy(row, "members", name, region) for name in values["members"]]
        everyone = [*(pk for pk in officers if pk not in listed), *dict.fromkeys(listed)]
        for serial, pk in enumerate(everyone, 1):
            memberships[pk] = (officers.get(pk, GroupRole.MEMBER), serial)
        row.key = normal(values["name"])
        row.attrs = {
            "name": values["name"],
            "kind": values["group_kind"] or self._guess_kind(values["name"]),
            "region_id": region.pk,
        }
        row.children = {"memberships": memberships}

    def _deputy(self, row: Row, column: str, name: str, region: Region) -> int:
        town = region if region.is_town else None
        try:
            return self.deputies.find(name, town=town, county_only=True)
        except ValueFault as fault:
            raise CellFault(column, fault.reason, fault.advice) from None

    def _region(self, row: Row) -> Region:
        """The town that the group's name begins with; a professional group is the county's."""
        town = self.regions.town_named_in(row.values["name"])
        region = town or self.regions.county_named_in(row.values["name"])
        region = region or self.regions.county_of(None)
        if region is None:
            raise CellFault(
                "name", "看不出是哪里的小组", "请先导入行政区划，或在名称里写明县、镇。"
            )
        return region

    def _guess_kind(self, name: str) -> str:
        professional = any(word in normal(name) for word in ("专业", "行业", "界别"))
        return GroupKind.PROFESSIONAL if professional else GroupKind.REGIONAL

    def scope_codes(self, row: Row) -> Iterable[str]:
        return (self.regions.by_pk[row.attrs["region_id"]].code,)

    def stored(self, rows: list[Row]) -> dict[Any, Stored]:
        memberships = self.child_sets["memberships"].load(None)
        return {
            normal(values["name"]): Stored(
                values.pop("pk"), values, {"memberships": memberships.get(values["id"], {})}
            )
            for values in Group.objects.values("pk", "id", "name", "kind", "region_id")
        }

    def show(self, attname: str, value: Any) -> str:
        if attname == "region_id":
            return self.regions.by_pk[value].name if value else ""
        if attname == "kind":
            return str(GroupKind(value).label) if value else ""
        if attname == "memberships":
            return "、".join(self.deputies.names[pk] for pk in value)
        return super().show(attname, value)

    # Export

    def filter_export(self, queryset: "QuerySet[Any]", **kwargs: Any) -> "QuerySet[Any]":
        members = GroupMembership.objects.filter(ends_on__isnull=True).select_related("deputy")
        return queryset.order_by("pk").prefetch_related(
            Prefetch("memberships", members.order_by("serial", "pk"), to_attr="present_members")
        )

    def _officer(self, group: Any, role: str) -> str:
        return next((m.deputy.name for m in group.present_members if m.role == role), "")

    def dehydrate_leader(self, group: Any) -> str:
        return self._officer(group, GroupRole.LEADER)

    def dehydrate_deputy_leader(self, group: Any) -> str:
        return self._officer(group, GroupRole.DEPUTY_LEADER)

    def dehydrate_liaison(self, group: Any) -> str:
        return self._officer(group, GroupRole.LIAISON)

    def dehydrate_members(self, group: Any) -> str:
        return "、".join(m.deputy.name for m in group.present_members)
