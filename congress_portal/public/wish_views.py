"""Wishes for everybody: the published list, a voter's own wish, thanks by the progress link."""

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from congress_portal.core.attempts import attempt
from congress_portal.core.listing import page_of
from congress_portal.public.caching import revalidated
from congress_portal.public.selectors import hidden_deputies
from congress_portal.public.voice_forms import ThanksForm
from congress_portal.public.voice_views import case_of_link, progress_page, write_page
from suggestions.enums import WishState
from suggestions.models import WishClaim
from suggestions.models.wish import SHOWN
from suggestions.selectors.wishes import shown_wishes, wish_counts
from suggestions.services.wishes import thank


@revalidated
def wishes(request: HttpRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    context = {
        "page": page_of(request, shown_wishes(state)),
        "states": [(each.value, WishState(each).label) for each in SHOWN],
        "state": state,
        "counts": wish_counts(),
        "hidden": hidden_deputies(),
    }
    return render(request, "public/wishes.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def write_wish(request: HttpRequest) -> HttpResponse:
    return write_page(request, None, is_wish=True)


@login_not_required
@require_safe
def wish_photo(request: HttpRequest, pk: int) -> FileResponse:
    """Only of a wish that is published as fulfilled."""
    rows = WishClaim.objects.all().standing().filter(wish__state=WishState.FULFILLED)
    row = get_object_or_404(rows.exclude(photo=""), pk=pk)
    return FileResponse(row.photo.open("rb"), content_type="image/jpeg")


@login_not_required
@never_cache
@require_http_methods(["POST"])
def voice_thanks(request: HttpRequest, token: str) -> HttpResponse:
    case, form = case_of_link(token), ThanksForm(request.POST)
    if form.is_valid() and attempt(form, thank, case=case, **form.cleaned_data):
        return redirect("public:voice", token=token)
    return progress_page(request, case, thanks=form)
