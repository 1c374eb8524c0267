from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from congress_portal.core.listing import page_of
from deputies.forms import DeputyFilter
from deputies.models import Deputy
from deputies.seats.selectors import seats_to_ask_about
from deputies.selectors import with_seats


@require_safe
def deputy_list(request: HttpRequest) -> HttpResponse:
    form = DeputyFilter(request.GET, user=request.user)
    rows = form.apply(Deputy.objects.visible_to(request.user))
    roles = request.user.scope.roles
    context = {
        "form": form,
        "page": page_of(request, with_seats(rows)),
        "sees_vacancies": bool(roles & {"staff", "town_staff", "leader"}),
        "sees_exits": bool(roles & {"staff", "leader"}),
    }
    return render(request, "deputies/list.html", context)


@require_safe
def deputy_detail(request: HttpRequest, pk: int) -> HttpResponse:
    rows = with_seats(Deputy.objects.visible_to(request.user))
    deputy = get_object_or_404(rows.prefetch_related("expertise"), pk=pk)
    may_edit = Deputy.objects.editable_by(request.user).filter(pk=pk).exists()
    own = deputy.user_id == request.user.pk
    context = {
        "deputy": deputy,
        "may_edit": may_edit,
        "shows_phone": may_edit or own,
        "seats": list(seats_to_ask_about(request.user).filter(deputy=pk)),
    }
    return render(request, "deputies/detail.html", context)
