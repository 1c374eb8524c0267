"""What a unit prints on its letters; the unit keeps it itself."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from congress_portal.core.models import Unit
from suggestions import services
from suggestions.forms.unit import LetterheadForm
from suggestions.services.letter_numbers import letterhead_of
from suggestions.views.doing import attempt


@require_http_methods(["GET", "POST"])
def letterhead(request: HttpRequest, pk: int) -> HttpResponse:
    """404 for whoever does not work at the unit; the office corrects it in the admin."""
    unit = get_object_or_404(Unit.objects.filter(pk__in=request.user.scope.unit_ids), pk=pk)
    form = LetterheadForm(request.POST or None, instance=letterhead_of(unit))
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "unit": unit, **form.cleaned_data}
        if attempt(form, services.set_letterhead, **given) is not None:
            messages.success(request, "已保存，以后签发的答复函和会办意见照此编号、署名。")
            return redirect("suggestions:workspace")
    return render(request, "suggestions/letterhead.html", {"form": form, "unit": unit})
