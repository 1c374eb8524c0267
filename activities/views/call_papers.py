"""Papers of one activity: sign-in sheet, notice, brief."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from activities.enums import ActivityState
from activities.reports.brief import brief_of, brief_paper
from activities.reports.letters import notice_paper
from activities.reports.lists import sign_in_sheet
from activities.selectors.calling import called_to
from activities.views.planning import organised
from congress_portal.core.documents.files import send_paper


@require_safe
def sign_in(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    found = organised(request, pk)
    return send_paper(sign_in_sheet(found, called_to(found)), kind, found)


@require_safe
def notice(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    found = organised(request, pk)
    return send_paper(notice_paper(found, called_to(found)), kind, found)


@require_safe
def brief(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    found = organised(request, pk)
    if found.state != ActivityState.HELD:
        raise Http404("活动举行以后才有简报。")
    return send_paper(brief_paper(brief_of(found)), kind, found)
