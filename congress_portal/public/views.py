"""The public site: read by anybody, without an account and without scripts."""

import datetime as dt

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from congress_portal.core.documents.pdf import render_html, render_pdf
from congress_portal.core.downloads import pdf_response
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import page_of
from congress_portal.core.masking import without_numbers
from congress_portal.core.models import Region
from congress_portal.public import selectors
from congress_portal.public.caching import revalidated
from congress_portal.public.reports import (
    SIZES,
    deputies_board,
    deputy_sheet,
    qr_svg,
    station_sheet,
)

_AHEAD = dt.timedelta(days=62)
_FIRST_PAGE = 5


@revalidated
def home(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    days = selectors.coming_days(today, today + _AHEAD)[:_FIRST_PAGE]
    context = {
        "days": [selectors.day_of(slot) for slot in days],
        "news": selectors.shown_news()[:_FIRST_PAGE],
    }
    return render(request, "public/home.html", context)


@revalidated
def stations(request: HttpRequest) -> HttpResponse:
    towns = selectors.towns_with_stations()
    town = next((each for each in towns if each.code == request.GET.get("town", "")), None)
    village_code = request.GET.get("village", "")
    rows = list(selectors.shown_stations())
    villages: list[Region] = []
    if town:
        rows = [each for each in rows if each.region_id == town.pk]
        villages = list(Region.objects.villages().within(town))
    village = next((each for each in villages if each.code == village_code), None)
    if village:  # the village's own stations first, the town's after them
        rows.sort(key=lambda each: each.village_id != village.pk)
    context = {
        "towns": towns, "town": town, "villages": villages, "village": village,
        "stations": rows, "chart": selectors.chart_of(rows),
    }  # fmt: skip
    return render(request, "public/stations.html", context)


@revalidated
def station(request: HttpRequest, number: str) -> HttpResponse:
    row = get_object_or_404(selectors.shown_stations(), number=number)
    today = timezone.localdate()
    days = selectors.coming_days(today, today + _AHEAD).filter(station=row)
    posted = selectors.shown_deputies(today).filter(pk__in=row.postings.on(today).values("deputy"))
    rules = selectors.rules_in_force(today)
    cards = [selectors.card_of(each) for each in posted]
    context = {
        "seats": selectors.seats_apart(cards, row.region),
        "station": row,
        "days": [selectors.day_of(slot) for slot in days],
        "cards": cards,
        "phone": selectors.office_phone(row, today),
        "rules": [each for each in rules if selectors.applies_to(each.document, row)],
        "handled": selectors.handled_at(row),
    }
    return render(request, "public/station.html", context)


@login_not_required
@require_safe
def station_print(request: HttpRequest, number: str, size: str) -> HttpResponse:
    row = get_object_or_404(selectors.shown_stations(), number=number)
    return _printed(station_sheet(row, timezone.localdate(), size), size)


@login_not_required
@require_safe
def station_qr(request: HttpRequest, number: str) -> HttpResponse:
    get_object_or_404(selectors.shown_stations(), number=number)
    return HttpResponse(qr_svg("public:station", number), content_type="image/svg+xml")


@revalidated
def deputies(request: HttpRequest) -> HttpResponse:
    town, words = request.GET.get("town", ""), request.GET.get("q", "")[:40]
    rows = selectors.shown_deputies(timezone.localdate())
    page = page_of(request, selectors.search_deputies(rows, town, words))
    towns = Region.objects.towns()
    context = {
        "page": page,
        "cards": [selectors.card_of(each) for each in page],
        "towns": towns,
        "town": town,
        "words": words,
    }
    return render(request, "public/deputies.html", context)


@revalidated
def deputy(request: HttpRequest, pk: int) -> HttpResponse:
    today = timezone.localdate()
    row = get_object_or_404(selectors.shown_deputies(today), pk=pk)
    days = selectors.coming_days(today, today + _AHEAD).filter(duties__deputy=row).distinct()
    context = {
        "card": selectors.card_of(row),
        "may_write": selectors.station_of_deputy(row) is not None,
        "days": [selectors.day_of(slot) for slot in days],
        "suggestions": selectors.shown_suggestions().filter(lead=row),
        "deeds": selectors.told_deeds().filter(deputy=row),
    }
    return render(request, "public/deputy.html", context)


@login_not_required
@require_safe
def deputy_photo(request: HttpRequest, pk: int) -> FileResponse:
    row = get_object_or_404(selectors.shown_deputies(timezone.localdate()), pk=pk)
    if not selectors.card_of(row).has_photo:
        raise Http404("没有照片。")
    return FileResponse(row.card.photo.open("rb"), content_type="image/jpeg")


@login_not_required
@require_safe
def deputy_qr(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(selectors.shown_deputies(timezone.localdate()), pk=pk)
    return HttpResponse(qr_svg("public:deputy", pk), content_type="image/svg+xml")


@login_not_required
@require_safe
def deputy_print(request: HttpRequest, pk: int, size: str) -> HttpResponse:
    today = timezone.localdate()
    row = get_object_or_404(selectors.shown_deputies(today), pk=pk)
    return _printed(deputy_sheet(row, today, size), size)


@login_not_required
@require_safe
def deputies_print(request: HttpRequest, code: str, size: str) -> HttpResponse:
    town = get_object_or_404(Region.objects.towns(), code=code)
    return _printed(deputies_board(town, timezone.localdate(), size), size)


@revalidated
def news(request: HttpRequest) -> HttpResponse:
    return render(request, "public/news.html", {"page": page_of(request, selectors.shown_news())})


@revalidated
def news_item(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(selectors.shown_news(), pk=pk)
    context = {"row": row, "title": without_numbers(row.news.title)}
    return render(request, "public/news_item.html", context | {"text": without_numbers(row.text)})


@revalidated
def rules(request: HttpRequest) -> HttpResponse:
    page = page_of(request, selectors.rules_in_force(timezone.localdate()))
    return render(request, "public/rules.html", {"page": page})


@revalidated
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(selectors.rules_in_force(timezone.localdate()), document=pk)
    return render(request, "public/rule.html", {"row": row, "text": without_numbers(row.text)})


@revalidated
def suggestions(request: HttpRequest) -> HttpResponse:
    code = request.GET.get("only", "")
    asked = {name: request.GET.get(name, "")[:40] for name in ("words", "field", "year")}
    rows = selectors.narrowed(selectors.shown_suggestions(), code)
    page = page_of(request, selectors.search_suggestions(rows, **asked))
    fields, years = selectors.choices_of_suggestions()
    context = {
        "page": page,
        "only": selectors.NARROWED.get(code, ""),
        "code": code,
        **asked,
        "fields": fields,
        "years": years,
        "is_narrowed": any(asked.values()),
    }
    return render(request, "public/suggestions.html", context)


@revalidated
def suggestion(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(selectors.shown_suggestions(), pk=pk)
    context = {
        "row": row,
        "title": without_numbers(row.title),
        "parts": selectors.parts_of(row),
        "answers": selectors.answers_of(row),
    }
    return render(request, "public/suggestion.html", context)


@revalidated
def figures(request: HttpRequest) -> HttpResponse:
    total, rates = selectors.open_figures()
    cards = [selectors.card_of(each) for each in selectors.shown_deputies(timezone.localdate())]
    context = {
        "total": total,
        "rates": rates,
        "least": selectors.LEAST,
        "stations": selectors.shown_stations().count(),
        "deputies": len(cards),
        "seats": selectors.seats_apart(cards),
        "chats": selectors.chat_counts(),
    }
    return render(request, "public/figures.html", context)


def _printed(paper: object, size: str) -> HttpResponse:
    if size not in SIZES:
        raise Http404("没有这种纸型。")
    try:
        content = render_pdf(render_html(paper))  # type: ignore[arg-type]
    except DomainError as error:
        raise Http404(error.message) from error
    return pdf_response(content, paper.title)  # type: ignore[attr-defined]
