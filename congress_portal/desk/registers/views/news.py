from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from congress_portal.desk.registers.selectors.news import news_year
from congress_portal.desk.registers.views.access import readers_only

_YEARS_OFFERED = 5


@require_safe
@readers_only
def months(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    years = list(range(today.year, today.year - _YEARS_OFFERED, -1))
    asked = request.GET.get("year", "") or str(today.year)
    if asked not in map(str, years):
        raise Http404("没有这一年的信息报送。")
    news = news_year(request.user, int(asked), today)
    return render(request, "desk/registers/news.html", {"news": news, "years": years})


@require_safe
@readers_only
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/registers/index.html")
