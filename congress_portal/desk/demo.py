"""One account for each role over the imported county (DESIGN §3, ``manage.py demo``)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count

from congress_portal.core.audit import save_recorded
from congress_portal.core.enums import Level, Role
from congress_portal.core.errors import DomainError
from congress_portal.core.models import Region, RoleAssignment, Unit, User
from congress_portal.evaluations.models import CountingText
from deputies.models import Deputy
from stations.enums import OfficerKind
from stations.models import Station, StationOfficer
from suggestions.models import HandlingRule


@dataclass(frozen=True)
class Account:
    username: str
    role: str
    name: str
    where: str


@dataclass(frozen=True)
class _Place:
    """The people and places of the county that the accounts belong to."""

    county: Region
    town: Region
    station: Station
    deputy: Deputy
    unit: Unit
    government: Unit


@transaction.atomic
def create_accounts(password: str) -> list[Account]:
    """Create the accounts of ``_PLAN`` that are missing, all with one password.

    Raises DomainError when the county has no deputies, stations or units to give them to.
    """
    place = _choose_place()
    accounts = []
    for username, role, name, belongs in _PLAN:
        if User.objects.filter(username=username).exists():
            continue
        user = User(username=username, name=name(place))
        user.set_password(password)
        save_recorded(user)
        region, unit = belongs(place)
        save_recorded(RoleAssignment(user=user, role=role, region=region, unit=unit))
        _link(user, role, place)
        where = region or unit or (place.station if role in _OF_STATION else "本平台")
        accounts.append(Account(username, Role(role).label, user.name, str(where)))
    return accounts


def write_counting_text() -> None:
    """A sentence for the statistics page, unless the office has written one."""
    if not CountingText.objects.exists():
        save_recorded(CountingText(name="家站工作一段话", text=_SENTENCE))


def _choose_place() -> _Place:
    """The town with the most deputies, its home, and a deputy who is busy there."""
    county = Region.objects.filter(level="county").first()
    town = (
        Region.objects.towns()
        .annotate(size=Count("deputies_at_home"))
        .filter(stations__isnull=False)
        .order_by("-size", "code")
        .first()
    )
    if county is None or town is None:
        raise DomainError("还没有区划和家站数据，请先导入。")
    station = Station.objects.filter(region=town).order_by("number").first()
    busy = Count("attendances", distinct=True) + Count("visits", distinct=True)
    deputy = (
        Deputy.objects.of_level(Level.COUNTY)
        .filter(town=town, postings__station=station, user__isnull=True)
        .annotate(work=busy)
        .order_by("-work", "pk")
        .first()
    ) or Deputy.objects.filter(town=town, user__isnull=True).first()
    unit = Unit.objects.annotate(size=Count("handlings")).order_by("-size", "pk").first()
    if station is None or deputy is None or unit is None:
        raise DomainError("还没有家站、代表或承办单位数据，请先导入。")
    return _Place(county, town, station, deputy, unit, _government_office(county))


def _government_office(county: Region) -> Unit:
    """The unit through which suggestions may be passed on; it handles none itself."""
    rule = HandlingRule.objects.filter(region=county).first() or HandlingRule(region=county)
    if rule.government_unit is None:
        name = f"{county.name}人民政府办公室"
        unit = Unit.objects.filter(name=name).first()
        if unit is None:
            unit = Unit(name=name, short_name="政府办", region=county)
            save_recorded(unit)
        rule.government_unit = unit
        save_recorded(rule)
    return rule.government_unit


def _link(user: User, role: str, place: _Place) -> None:
    if role == Role.DEPUTY:
        place.deputy.user = user
        save_recorded(place.deputy, clean=False)
    elif role == Role.STATION_OFFICER:
        officer = StationOfficer.objects.filter(
            station=place.station, kind=OfficerKind.LIAISON
        ).first() or StationOfficer(station=place.station, name=user.name)
        officer.user = user
        save_recorded(officer)


def _liaison_name(place: _Place) -> str:
    officer = place.station.officers.filter(kind=OfficerKind.LIAISON).first()
    return officer.name if officer else f"{place.station.name}联络员"


_SENTENCE = (
    "接待日{接待天数}次、活动{活动次数}次、接待走访{接待选民人次+走访联系人次:余}人次、"
    "意见{收集意见数:余}条、建议{提出建议数}件。"
)
_OF_STATION = (Role.STATION_OFFICER, Role.DEPUTY)
_Names = Callable[[_Place], str]
_Belongs = Callable[[_Place], tuple[Region | None, Unit | None]]


def _called(name: str) -> _Names:
    return lambda place: name


def _county(place: _Place) -> tuple[Any, Any]:
    return place.county, None


def _nowhere(place: _Place) -> tuple[Any, Any]:
    return None, None


_PLAN: tuple[tuple[str, str, _Names, _Belongs], ...] = (
    ("staff", Role.STAFF, _called("代表工委工作人员"), _county),
    ("town", Role.TOWN_STAFF, lambda p: f"{p.town}人大干事", lambda p: (p.town, None)),
    ("liaison", Role.STATION_OFFICER, _liaison_name, _nowhere),
    ("deputy", Role.DEPUTY, lambda p: p.deputy.name, _nowhere),
    ("unit", Role.UNIT_OFFICER, lambda p: f"{p.unit}经办人", lambda p: (None, p.unit)),
    ("chief", Role.UNIT_LEADER, lambda p: f"{p.unit}负责人", lambda p: (None, p.unit)),
    ("government", Role.UNIT_OFFICER, _called("政府办转办人员"), lambda p: (None, p.government)),
    ("leader", Role.LEADER, _called("常委会领导"), _county),
    ("inspector", Role.INSPECTOR, _called("考评组成员"), _county),
    ("auditor", Role.AUDITOR, _called("审计员"), _nowhere),
    ("admin", Role.ADMIN, _called("系统管理员"), _nowhere),
)
