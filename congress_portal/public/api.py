"""Open data, version 1: read-only JSON (Popolo for persons) and CSV, paged, without an account.

A field once given keeps its name and meaning in ``/api/v1/``; new ones may come. What another
version would change gets an address of its own. The shapes of ``selectors`` are the allow-list.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from congress_portal.core.masking import without_numbers
from congress_portal.core.models import Region
from congress_portal.core.periods import Period
from congress_portal.public import selectors
from congress_portal.public.caching import open_to_all
from congress_portal.public.models import AbuseReport, DeputyCard
from deputies.models import Deputy, District, Mandate, Term
from stations.models import Posting, Station
from suggestions.models import Reply, Suggestion

VERSION = "1"
PAGE = 100
_PEOPLE = (Deputy, Mandate, District, Term, DeputyCard, Posting, Station, Region)
_MATTERS = (Suggestion, Reply, Deputy, AbuseReport)
Row = dict[str, Any]


def _address(view: str, *keys: object) -> str:
    return settings.SITE_URL + reverse(f"public:{view}", args=keys)


def _page(request: HttpRequest, rows: QuerySet[Any]) -> Page:
    """Raises Http404 for a page that is not: who counts up must come to an end."""
    try:
        return Paginator(rows, PAGE).page(request.GET.get("page") or 1)
    except InvalidPage as error:
        raise Http404("没有这一页。") from error


def _json(request: HttpRequest, page: Page, **content: object) -> JsonResponse:
    """The envelope of every list: version, count, page and the next page's address."""
    following = page.next_page_number() if page.has_next() else None
    head = {
        "version": VERSION,
        "count": page.paginator.count,
        "page": page.number,
        "pages": page.paginator.num_pages,
        "next": f"{settings.SITE_URL}{request.path}?page={following}" if following else None,
    }
    return _plain({**head, **content})


def _plain(data: Row) -> JsonResponse:
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False})


@open_to_all()
def index(request: HttpRequest) -> HttpResponse:
    """What there is, and where it is described."""
    names = (
        "api_deputies", "api_posts", "api_stations", "api_suggestions", "api_statistics",
        "api_deputies_csv", "api_stations_csv", "api_suggestions_csv", "api_statistics_csv",
    )  # fmt: skip
    found = {name.removeprefix("api_"): _address(name) for name in names}
    found["deeds_csv"] = _address("deeds_csv")
    return _plain({"version": VERSION, "documentation": _address("open"), "resources": found})


@open_to_all(*_PEOPLE)
def deputies_json(request: HttpRequest) -> HttpResponse:
    """Popolo: persons with memberships, the congresses as organizations, districts as posts."""
    page = _page(request, selectors.shown_deputies(timezone.localdate()))
    organizations: dict[str, Row] = {}
    posts: dict[str, Row] = {}
    memberships: list[Row] = []
    persons = []
    for card in map(selectors.card_of, page):
        person = f"person/{card.pk}"
        persons.append({"id": person, "name": card.name, "url": _address("deputy", card.pk)})
        for seat in card.seats:
            congress = f"congress/{seat.congress}"
            organizations[congress] = _organization(seat.congress)
            member = {"person_id": person, "organization_id": congress, "role": "代表"}
            if seat.district:
                post = f"{congress}/{seat.district}"
                posts[post] = {"id": post, "label": seat.district, "organization_id": congress}
                member["post_id"] = post
            memberships.append(member)
    return _json(
        request,
        page,
        persons=persons,
        organizations=list(organizations.values()),
        posts=list(posts.values()),
        memberships=memberships,
    )


def _organization(congress: str) -> Row:
    return {"id": f"congress/{congress}", "name": congress, "classification": "congress"}


@open_to_all(*_PEOPLE)
def posts_json(request: HttpRequest) -> HttpResponse:
    """Popolo: every district with a deputy in office, with its congress and how many sit for it."""
    today = timezone.localdate()
    seats = Mandate.objects.in_force(Period(today, today, today.isoformat()))
    seats = seats.filter(deputy__in=selectors.shown_deputies(today).order_by().values("pk"))
    held = seats.exclude(district=None).order_by().values("district")
    counts = dict(
        held.annotate(held=Count("deputy", distinct=True)).values_list("district", "held")
    )
    rows = District.objects.filter(pk__in=counts).select_related("term__region")
    page = _page(request, rows.order_by("term", "name", "pk"))
    posts = []
    for row in page:
        congress = f"congress/{row.term}"
        post = {"id": f"{congress}/{row.name}", "label": row.name, "organization_id": congress}
        posts.append({**post, "seats": row.seats, "held": counts[row.pk]})
    congresses = {str(row.term): _organization(str(row.term)) for row in page}
    return _json(request, page, posts=posts, organizations=list(congresses.values()))


@open_to_all(*_PEOPLE)
def deputies_csv(request: HttpRequest) -> HttpResponse:
    head: list[object] = ["姓名", "镇（街道）", "届次", "选区", "联络站", "地址"]
    cards = map(selectors.card_of, selectors.shown_deputies(timezone.localdate()))
    return csv_of(head, (line for card in cards for line in _seats(card)))


def _seats(card: selectors.Card) -> Iterator[list[object]]:
    """One line for each seat; a person without one has none."""
    stations = "、".join(name for _, name in card.stations)
    for seat in card.seats:
        place = [card.town, seat.congress, seat.district, stations]
        yield [card.name, *place, _address("deputy", card.pk)]


@open_to_all(Station, Region)
def stations_json(request: HttpRequest) -> HttpResponse:
    page = _page(request, selectors.shown_stations())
    return _json(request, page, stations=[_station(row) for row in page])


def _station(row: Station) -> Row:
    return {
        "number": row.number,
        "name": row.name,
        "type": row.type.name,
        "town": row.region.name,
        "town_code": row.region.code,
        "village": row.village.name if row.village else "",
        "address": without_numbers(row.address),
        "opening_hours": without_numbers(row.opening_hours),
        "longitude": float(row.longitude) if row.longitude is not None else None,
        "latitude": float(row.latitude) if row.latitude is not None else None,
        "url": _address("station", row.number),
        "write_url": _address("write_station", row.number),
    }


@open_to_all(Station, Region)
def stations_csv(request: HttpRequest) -> HttpResponse:
    head: list[object] = [
        "编号", "名称", "类型", "镇（街道）", "村（社区）", "地址", "开放时间", "经度", "纬度",
        "网址",
    ]  # fmt: skip
    keys = (
        "number", "name", "type", "town", "village", "address", "opening_hours", "longitude",
        "latitude", "url",
    )  # fmt: skip
    rows = map(_station, selectors.shown_stations())
    return csv_of(head, ([_or_blank(row[key]) for key in keys] for row in rows))


def _or_blank(value: object) -> object:
    return "" if value is None else value


@open_to_all(*_MATTERS)
def suggestions_json(request: HttpRequest) -> HttpResponse:
    page = _page(request, selectors.shown_suggestions())
    return _json(request, page, suggestions=[_suggestion(row) for row in page])


@open_to_all(*_MATTERS)
def suggestion_json(request: HttpRequest, pk: int) -> HttpResponse:
    """One published suggestion with its text and the public replies."""
    row = get_object_or_404(selectors.shown_suggestions(), pk=pk)
    parts = [{"heading": head, "text": text} for head, text in selectors.parts_of(row)]
    replies = [
        {
            "unit": each.unit,
            "replied_on": each.replied_on,
            "result": each.result,
            "text": each.text,
        }
        for each in selectors.answers_of(row)
    ]
    return _plain({"version": VERSION, **_suggestion(row), "parts": parts, "replies": replies})


def _suggestion(row: Suggestion) -> Row:
    return {
        "id": row.pk,
        "number": row.number,
        "title": without_numbers(row.title),
        "lead": row.lead.name,
        "field": row.field.name if row.field else "",
        "state": row.get_state_display(),
        "published_on": row.published_on,
        "closed_on": row.closed_on,
        "url": _address("suggestion", row.pk),
        "detail": _address("api_suggestion", row.pk),
    }


@open_to_all(*_MATTERS)
def suggestions_csv(request: HttpRequest) -> HttpResponse:
    head: list[object] = ["编号", "标题", "领衔代表", "类别", "公开日期", "办结日期", "地址"]
    keys = ("number", "title", "lead", "field", "published_on", "closed_on", "url")
    rows = map(_suggestion, selectors.shown_suggestions())
    return csv_of(head, ([_or_blank(row[key]) for key in keys] for row in rows))


@open_to_all(*_MATTERS, Station)
def statistics_json(request: HttpRequest) -> HttpResponse:
    """Rates with their numerators and denominators; None where too few cases stand behind."""
    total, rates = selectors.open_figures()
    found = [
        {
            "code": each.code,
            "name": each.name,
            "numerator": None if each.is_small else each.part,
            "denominator": each.whole,
            "rate": None if each.is_small else round(each.part / each.whole, 4),
        }
        for each in rates
    ]
    stations = selectors.shown_stations().count()
    counts = {"suggestions": total, "stations": stations}
    return _plain({"version": VERSION, "least": selectors.LEAST, **counts, "rates": found})


@open_to_all(*_MATTERS, Station)
def statistics_csv(request: HttpRequest) -> HttpResponse:
    total, rates = selectors.open_figures()
    lines: list[list[object]] = [
        [each.name, "" if each.is_small else each.part, each.whole, each.share] for each in rates
    ]
    stations = selectors.shown_stations().count()
    totals: list[list[object]] = [["公开的建议", total, "", ""], ["家站", stations, "", ""]]
    return csv_of(["指标", "分子", "分母", "比率"], [totals[0], *lines, totals[1]])


def csv_of(head: list[object], rows: Iterable[list[object]]) -> HttpResponse:
    out = io.StringIO()
    writer = csv.writer(out)
    for row in (head, *rows):
        writer.writerow([_harmless(str(cell)) for cell in row])
    return HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")


def _harmless(cell: str) -> str:
    """A spreadsheet must not take a title for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


ROUTES: tuple[tuple[str, Callable[..., HttpResponse], str], ...] = (
    ("", index, "api"),
    ("deputies.json", deputies_json, "api_deputies"),
    ("deputies.csv", deputies_csv, "api_deputies_csv"),
    ("posts.json", posts_json, "api_posts"),
    ("stations.json", stations_json, "api_stations"),
    ("stations.csv", stations_csv, "api_stations_csv"),
    ("suggestions.json", suggestions_json, "api_suggestions"),
    ("suggestions.csv", suggestions_csv, "api_suggestions_csv"),
    ("suggestions/<int:pk>.json", suggestion_json, "api_suggestion"),
    ("statistics.json", statistics_json, "api_statistics"),
    ("statistics.csv", statistics_csv, "api_statistics_csv"),
)
