"""Feeds, open data and what search engines ask for; conditional GET by content."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Rss201rev2Feed
from django.views.decorators.http import conditional_page, require_safe
from icalendar import Calendar, Event

from congress_portal.core.masking import without_numbers
from congress_portal.public import selectors
from suggestions.models import Suggestion

View = Callable[[HttpRequest], HttpResponse]
_PAGE = 100
_AHEAD = dt.timedelta(days=92)
_MAX_ITEMS = 50
_PAGES = ("home", "stations", "deputies", "news", "rules", "suggestions", "figures", "open")


def _open(view: View) -> View:
    """Anybody, from any site, by GET; answered 304 where the reader has the same content."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = view(request)
        response["Access-Control-Allow-Origin"] = "*"
        response["Cache-Control"] = "public, max-age=300"
        return response

    return login_not_required(require_safe(conditional_page(answer)))


def _address(view: str, *keys: object) -> str:
    return settings.SITE_URL + reverse(f"public:{view}", args=keys)


@_open
def news_feed(request: HttpRequest) -> HttpResponse:
    feed = Rss201rev2Feed(
        title=f"{settings.PORTAL_NAME}动态",
        link=_address("news"),
        description="公开的动态和公告。",
        language="zh-cn",
    )
    for row in selectors.shown_news()[:_MAX_ITEMS]:
        moment = dt.datetime.combine(row.published_on, dt.time(9))
        feed.add_item(
            title=without_numbers(row.news.title),
            link=_address("news_item", row.pk),
            description=without_numbers(row.text),
            pubdate=timezone.make_aware(moment),
            unique_id=_address("news_item", row.pk),
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/rss+xml")


@_open
def calendar_feed(request: HttpRequest) -> HttpResponse:
    """Coming reception days; ``?station=`` narrows to one."""
    today = timezone.localdate()
    rows = selectors.coming_days(today, today + _AHEAD)
    if number := request.GET.get("station", ""):
        rows = rows.filter(station__number=number)
    calendar = Calendar()
    calendar.add("prodid", "-//congress-portal//receptions//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "代表接待日")
    for day in map(selectors.day_of, rows):
        event = Event()
        event.add("uid", f"reception-{day.pk}@{urlsplit(settings.SITE_URL).hostname}")
        event.add("dtstamp", _moment(day.held_on, day.starts_at))
        event.add("dtstart", _moment(day.held_on, day.starts_at))
        event.add("dtend", _moment(day.held_on, day.ends_at))
        event.add("summary", f"代表接待日：{day.station}")
        event.add("description", f"值班代表：{'、'.join(day.people)}" if day.people else "")
        event.add("location", day.place or day.station)
        event.add("url", _address("station", day.number))
        calendar.add_component(event)
    return HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")


def _moment(day: dt.date, at: dt.time) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, at)).astimezone(dt.UTC)


@_open
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /login/", "Disallow: /v/"]
    lines.append(f"Sitemap: {_address('sitemap')}")
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@_open
def sitemap(request: HttpRequest) -> HttpResponse:
    found = [_address(name) for name in _PAGES]
    numbers = selectors.shown_stations().values_list("number", flat=True)
    found += [_address("station", number) for number in numbers]
    for name, rows in (
        ("deputy", selectors.shown_deputies(timezone.localdate())),
        ("news_item", selectors.shown_news()),
        ("suggestion", selectors.shown_suggestions()),
    ):
        found += [_address(name, key) for key in rows.values_list("pk", flat=True)]
    body = "".join(f"<url><loc>{escape(each)}</loc></url>" for each in found)
    xml = '<?xml version="1.0" encoding="UTF-8"?>'
    xml += f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{body}</urlset>'
    return HttpResponse(xml, content_type="application/xml")


@login_not_required
@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    return render(request, "public/open.html", {"page_size": _PAGE})


@_open
def deputies_json(request: HttpRequest) -> HttpResponse:
    """Popolo: persons with memberships, the congresses as organizations, districts as posts."""
    rows = Paginator(selectors.shown_deputies(timezone.localdate()), _PAGE)
    page = rows.get_page(request.GET.get("page"))
    organizations: dict[str, dict[str, Any]] = {}
    posts: dict[str, dict[str, Any]] = {}
    memberships: list[dict[str, Any]] = []
    persons = []
    for card in map(selectors.card_of, page):
        person = f"person/{card.pk}"
        persons.append({"id": person, "name": card.name, "url": _address("deputy", card.pk)})
        for seat in card.seats:
            congress = f"congress/{seat.congress}"
            organizations[congress] = {
                "id": congress, "name": seat.congress, "classification": "congress",
            }  # fmt: skip
            member = {"person_id": person, "organization_id": congress, "role": "代表"}
            if seat.district:
                post = f"{congress}/{seat.district}"
                posts[post] = {"id": post, "label": seat.district, "organization_id": congress}
                member["post_id"] = post
            memberships.append(member)
    following = page.next_page_number() if page.has_next() else None
    return JsonResponse(
        {
            "version": "1",
            "count": rows.count,
            "page": page.number,
            "next": f"{_address('deputies_json')}?page={following}" if following else None,
            "persons": persons,
            "organizations": list(organizations.values()),
            "posts": list(posts.values()),
            "memberships": memberships,
        },
        json_dumps_params={"ensure_ascii": False},
    )


@_open
def suggestions_csv(request: HttpRequest) -> HttpResponse:
    head: list[object] = ["编号", "标题", "领衔代表", "类别", "公开日期", "办结日期", "地址"]
    return _csv([head, *map(_suggestion_row, selectors.shown_suggestions())])


def _suggestion_row(row: Suggestion) -> list[object]:
    field = row.field.name if row.field else ""
    title, address = without_numbers(row.title), _address("suggestion", row.pk)
    days = [row.published_on, row.closed_on or ""]
    return [row.number, title, row.lead.name, field, *days, address]


@_open
def statistics_csv(request: HttpRequest) -> HttpResponse:
    total, rates = selectors.open_figures()
    head: list[object] = ["指标", "分子", "分母", "比率"]
    lines: list[list[object]] = [
        [each.name, "" if each.is_small else each.part, each.whole, each.share] for each in rates
    ]
    stations = selectors.shown_stations().count()
    return _csv([head, ["公开的建议", total, "", ""], *lines, ["家站", stations, "", ""]])


def _csv(rows: list[list[object]]) -> HttpResponse:
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([_harmless(str(cell)) for cell in row])
    return HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")


def _harmless(cell: str) -> str:
    """A spreadsheet must not take a title for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
