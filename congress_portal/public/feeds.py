"""Feeds, the page that describes open data, and what search engines ask for."""

import datetime as dt
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Rss201rev2Feed
from icalendar import Calendar, Event

from activities.models import NewsItem
from congress_portal.core.masking import without_numbers
from congress_portal.public import selectors
from congress_portal.public.api import PAGE
from congress_portal.public.caching import open_to_all, revalidated
from congress_portal.public.models import AbuseReport, PublishedNews
from stations.models import Rota, RotaDuty, RotaSlot, Station

_AHEAD = dt.timedelta(days=92)
_MAX_ITEMS = 50
_PAGES = (
    "home", "stations", "deputies", "news", "rules", "suggestions", "wishes", "halls", "surveys",
    "deeds", "figures", "open",
)  # fmt: skip


def _address(view: str, *keys: object) -> str:
    return settings.SITE_URL + reverse(f"public:{view}", args=keys)


@open_to_all(PublishedNews, NewsItem, AbuseReport)
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


@open_to_all(Rota, RotaDuty, RotaSlot, Station)
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
    midnight = _moment(today, dt.time())  # the same all day, so that readers may ask «changed?»
    for day in map(selectors.day_of, rows):
        if not day.people:  # nobody is named yet: not a day to come for
            continue
        event = Event()
        event.add("uid", f"reception-{day.pk}@{urlsplit(settings.SITE_URL).hostname}")
        event.add("dtstamp", midnight)
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


@open_to_all()
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /login/", "Disallow: /v/"]
    lines.append("Disallow: /report/")
    lines.append(f"Sitemap: {_address('sitemap')}")
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@open_to_all()
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
    rules = selectors.rules_in_force(timezone.localdate())
    found += [_address("rule", each.document_id) for each in rules]
    body = "".join(f"<url><loc>{escape(each)}</loc></url>" for each in found)
    xml = '<?xml version="1.0" encoding="UTF-8"?>'
    xml += f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{body}</urlset>'
    return HttpResponse(xml, content_type="application/xml")


@revalidated
def open_data(request: HttpRequest) -> HttpResponse:
    context = {"page_size": PAGE, "least": selectors.LEAST}
    return render(request, "public/open.html", context)
