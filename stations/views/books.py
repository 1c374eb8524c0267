"""Books of a station or a town: the list, one book, and the book on paper and as Excel."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from congress_portal.core.audit import record
from congress_portal.core.documents.files import file_response, paper_pdf
from congress_portal.core.enums import AuditAction
from congress_portal.core.listing import page_of
from congress_portal.core.periods import Period
from stations.bookkeeping import book_views
from stations.forms.standards import BookFilter
from stations.models import Book
from stations.reports.books import book_paper, book_workbook
from stations.selectors import books as selectors
from stations.selectors.standards import Place
from stations.views.places import place_context, place_of, rules_at


@require_safe
def book_list(request: HttpRequest, where: str, pk: int) -> HttpResponse:
    place = place_of(request, where, pk)
    required = rules_at(place)
    lines = selectors.books_of(place, timezone.localdate(), required)
    return render(request, "stations/book_list.html", {**place_context(place), "lines": lines})


@require_safe
def book(request: HttpRequest, where: str, pk: int, code: str) -> HttpResponse:
    place = place_of(request, where, pk)
    form = BookFilter(request.GET, user=request.user)
    found = _page(request, place, code, form.span or _nothing())
    context = {
        **place_context(place),
        "form": form,
        "book": found,
        "page": page_of(request, found),  # type: ignore[arg-type]
        "newest": selectors.known_day(selectors.Newest(timezone.localdate()).at(place, code)),
    }
    return render(request, "stations/book.html", context)


@require_safe
def book_file(request: HttpRequest, where: str, pk: int, code: str, kind: str) -> HttpResponse:
    place = place_of(request, where, pk)
    form = BookFilter(request.GET, user=request.user)
    period = form.span
    if period is None:
        raise Http404("期间要写成 2026Q3 或者 2026。")
    found = _page(request, place, code, period)
    span = "全部" if period.code == "all" else period.label
    make = _pdf if kind == "pdf" else book_workbook
    content = make(found, span)
    name = f"{place.name}{found.book.title}-{span}"
    record(AuditAction.EXPORT, place, label=name, changes={"format": kind})
    return file_response(content, name, kind)


def _pdf(found: selectors.BookPage, span: str) -> bytes:
    return paper_pdf(book_paper(found, span))


def _page(request: HttpRequest, place: Place, code: str, period: Period) -> selectors.BookPage:
    row = get_object_or_404(Book.objects.visible_to(request.user), code=code, is_active=True)
    view = book_views().get(code)
    if view is None:
        raise Http404("这一种簿册平台里没有来源，由人工检查。")
    return selectors.BookPage(row, view, place, period, request.user, timezone.localdate())


def _nothing() -> Period:
    """A period without days: what the address asks for cannot be read."""
    today = timezone.localdate()
    return Period(today, today.replace(year=today.year - 1), "")
