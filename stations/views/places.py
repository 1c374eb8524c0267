"""The place of a page: a station, or a town as such, by ``where`` and key of the address."""

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from congress_portal.core.models import Region
from stations.enums import StandardSubject
from stations.models import Book, Standard, Station
from stations.selectors.parts import is_county_office
from stations.selectors.standards import (
    Place,
    Progress,
    Standing,
    applicable,
    applicable_to_town,
    standards_in_use,
)

STATIONS, TOWNS = "stations", "towns"


def place_of(request: HttpRequest, where: str, pk: int) -> Place:
    """A stranger finds neither."""
    if where == STATIONS:
        rows = Station.objects.visible_to(request.user).select_related("type", "region", "village")
        return get_object_or_404(rows, pk=pk)
    if where == TOWNS:
        towns = Region.objects.towns().in_scope_of_reader(request.user)
        return get_object_or_404(towns, pk=pk)
    raise Http404


def may_check(request: HttpRequest, place: Place) -> bool:
    if isinstance(place, Station):
        return Station.objects.editable_by(request.user).filter(pk=place.pk).exists()
    return request.user.scope.may_write_code(place.code)


def may_decide(request: HttpRequest, place: Place) -> bool:
    region = place.region if isinstance(place, Station) else place
    return is_county_office(request.user, region)


def progress_at(place: Place) -> list[Progress]:
    standing = Standing()
    if isinstance(place, Station):
        rows = Station.objects.filter(pk=place.pk)
        return standing.of_stations(rows, standards_in_use(StandardSubject.STATION))
    towns = Region.objects.filter(pk=place.pk)
    return standing.of_towns(towns, standards_in_use(StandardSubject.TOWN))


def rules_at(place: Place) -> set[str]:
    """Codes of the books that the standards of the place ask for."""
    if isinstance(place, Station):
        standards = applicable(place, standards_in_use())
    else:
        standards = applicable_to_town(place, standards_in_use(StandardSubject.TOWN))
    return {item.rule for standard in standards for item in standard.items.all() if item.rule}


def standard_at(place: Place, pk: int) -> Standard:
    """One that the place is held to, else 404."""
    found = next((each.standard for each in progress_at(place) if each.standard.pk == pk), None)
    if found is None:
        raise Http404("这里不用这个标准。")
    return found


def place_context(place: Place) -> dict[str, Any]:
    where = STATIONS if isinstance(place, Station) else TOWNS
    codes = set(Book.objects.filter(is_active=True).values_list("code", flat=True))
    return {"place": place, "where": where, "book_codes": codes}
