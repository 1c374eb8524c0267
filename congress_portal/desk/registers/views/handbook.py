"""履职记实手册 of one deputy and year (M108)."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from activities.reports.handbook import as_word, handbook
from congress_portal.core.documents.files import send_paper
from congress_portal.desk.registers.selectors.file import duty_file, years_of
from congress_portal.desk.registers.views.file import asked_year, deputy_in_full


@require_safe
def deputy_handbook(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    deputy = deputy_in_full(request, pk)
    today = timezone.localdate()
    year = asked_year(request, years_of(deputy, today))
    file = duty_file(deputy, year, reader=request.user, today=today, verified_only=True)
    book = handbook(file)
    paper = as_word(book) if kind == "docx" else book
    return send_paper(paper, kind, deputy, extra=f"{deputy.name}{year}年")
