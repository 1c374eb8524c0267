"""Boards of requirements: for the office and those of a place; each subject sees its own."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from congress_portal.core.attempts import attempt
from congress_portal.core.audit import record
from congress_portal.core.documents.files import file_response, send_paper
from congress_portal.core.enums import AuditAction
from congress_portal.core.listing import page_of
from congress_portal.core.models import User
from congress_portal.core.periods import Period, PeriodError
from congress_portal.evaluations.duties.calendar import named_period, period_on, recent_periods
from congress_portal.evaluations.duties.figures import in_full
from congress_portal.evaluations.duties.forms import BoardFilter, NudgeForm
from congress_portal.evaluations.duties.pages import (
    grid_of,
    parts_shown,
    past_standings,
    periods_of_year,
)
from congress_portal.evaluations.duties.papers import board_paper, board_workbook
from congress_portal.evaluations.duties.people import accounts_of
from congress_portal.evaluations.duties.selectors import (
    DONE,
    EXCUSED,
    NONE,
    PARTLY,
    Board,
    Standing,
    board_of,
    boards_now,
    last_nudges,
    own_boards,
    rule_words,
)
from congress_portal.evaluations.duties.services import nudge
from congress_portal.evaluations.duties.subjects import reachable, visible
from congress_portal.evaluations.enums import DutySubject
from congress_portal.evaluations.models import Nudge, Requirement
from deputies.selectors import deputy_of

_OFFERED = 8
_ORDER = {NONE: 0, PARTLY: 1, DONE: 2, EXCUSED: 3}


def _kinds(user: User) -> tuple[str, ...]:
    """Whose boards a person reads: all kinds for who reads places, stations for their keepers."""
    if user.scope.read_prefixes:
        return tuple(DutySubject.values)
    return (DutySubject.STATION,) if user.scope.officer_user_id else ()


def _requirement(request: HttpRequest, pk: int, *, own: bool = False) -> Requirement:
    rows = Requirement.objects.visible_to(request.user).select_related("region")
    if not own:
        rows = rows.filter(subject_kind__in=_kinds(request.user))
    return get_object_or_404(in_full(rows), pk=pk)


def _period(request: HttpRequest, requirement: Requirement) -> Period:
    """That of the address, else the running one."""
    try:
        if asked := request.GET.get("period") or request.POST.get("period"):
            return named_period(requirement, asked)
    except PeriodError as error:
        raise Http404(error.message) from error
    period = period_on(requirement, timezone.localdate())
    if period is None:
        raise Http404("现在没有届次，先在后台登记届次。")
    return period


def _filter(request: HttpRequest, requirement: Requirement, period: Period) -> BoardFilter:
    periods = recent_periods(requirement, timezone.localdate(), _OFFERED)
    if period not in periods:
        periods.append(period)
    data = request.GET.copy()
    data["period"] = period.code
    return BoardFilter(data, user=request.user, requirement=requirement, periods=periods)


def _chosen(
    request: HttpRequest, requirement: Requirement
) -> tuple[Board, list[Standing], BoardFilter]:
    """The board of the address, its rows (unfinished first), and the filter."""
    period = _period(request, requirement)
    form = _filter(request, requirement, period)
    subjects = form.apply(visible(requirement.subject_kind, request.user))
    board = board_of(requirement, period, subjects)
    rows = sorted(filter(form.wants, board.rows), key=lambda row: _ORDER[row.state])
    return board, rows, form


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    kinds = _kinds(request.user)
    if not kinds:
        if deputy_of(request.user) is None:
            raise Http404("没有这个页面。")
        return redirect("evaluations:my_duties")
    rows = Requirement.objects.visible_to(request.user).active().select_related("region")
    subjects = {kind: visible(kind, request.user) for kind in kinds}
    boards = [board for board in boards_now(rows, timezone.localdate(), subjects) if board.rows]
    context = {
        "boards": boards,
        "may_change": Requirement.objects.all().may_add(request.user),
    }
    return render(request, "evaluations/duties_index.html", context)


@require_safe
def board_page(request: HttpRequest, pk: int) -> HttpResponse:
    requirement = _requirement(request, pk)
    board, rows, form = _chosen(request, requirement)
    page = page_of(request, rows)
    nudges = last_nudges(requirement, board.period)
    context = {
        "board": board,
        "form": form,
        "page": page,
        "lines": [(row, nudges.get(row.who.pk)) for row in page.object_list],
        "rule": rule_words(requirement),
        "may_nudge": board.open > 0 and bool(request.user.scope.write_prefixes),
    }
    return render(request, "evaluations/duties_board.html", context)


@require_safe
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Subjects by the periods of a year: who missed which (M116: the month table)."""
    requirement = _requirement(request, pk)
    today = timezone.localdate()
    asked = request.GET.get("year", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else today.year
    if not 1950 <= number <= today.year:
        raise Http404("没有这一年。")
    periods = periods_of_year(requirement, number, today)
    grid = grid_of(requirement, periods, visible(requirement.subject_kind, request.user), today)
    context = {
        "requirement": requirement,
        "grid": grid,
        "totals": grid.totals,
        "page": page_of(request, list(grid.rows)),
        "year": number,
        "years": [today.year - back for back in range(4)],
        "by_year": requirement.period_kind not in ("year", "term"),
    }
    return render(request, "evaluations/duties_history.html", context)


@require_safe
def download(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The rows chosen on the page as PDF, Word or workbook."""
    requirement = _requirement(request, pk)
    board, rows, _ = _chosen(request, requirement)
    if kind != "xlsx":
        paper = board_paper(board, rows, timezone.localdate())
        return send_paper(paper, kind, requirement, extra=board.period.label)
    name = f"{requirement}完成情况-{board.period.label}"
    changes = {"format": kind, "rows": len(rows)}
    record(AuditAction.EXPORT, requirement, label=name, changes=changes)
    return file_response(board_workbook(board, rows), name, kind)


@require_http_methods(["GET", "POST"])
def nudge_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Who will be told what, before it is sent; each once a day."""
    requirement = _requirement(request, pk)
    if not request.user.scope.write_prefixes:
        raise PermissionDenied
    period = _period(request, requirement)
    form, context = _nudging(request, requirement, period)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["subjects"]
        given = {"requirement": requirement, "period": period, "subjects": chosen}
        if found := attempt(form, nudge, actor=request.user, **given):
            _tell(request, found)
            return redirect(_board_address(requirement, period))
    return render(request, "evaluations/duties_nudge.html", context | {"form": form})


def _nudging(
    request: HttpRequest, requirement: Requirement, period: Period
) -> tuple[NudgeForm, dict[str, Any]]:
    kind = requirement.subject_kind
    subjects = reachable(kind, request.user)
    lacking = board_of(requirement, period, subjects).unfinished
    accounts = accounts_of(kind, [row.who.pk for row in lacking])
    offered = [row for row in lacking if row.who.pk in accounts]
    told = Nudge.objects.filter(requirement=requirement, sent_on=timezone.localdate())
    before = set(told.values_list(f"{kind}_id", flat=True))
    only = request.GET.get("only", "")
    chosen = [
        row.who.pk for row in offered if row.who.pk not in before and only in ("", str(row.who.pk))
    ]
    data = request.POST if request.method == "POST" else None
    context = {
        "requirement": requirement,
        "period": period,
        "unreachable": [row for row in lacking if row.who.pk not in accounts],
        "before": [row for row in offered if row.who.pk in before],
        "offered": offered,
    }
    return NudgeForm(data, offered=offered, chosen=chosen), context


def _tell(request: HttpRequest, found: Any) -> None:
    if found.told:
        messages.success(request, f"已提醒 {len(found.told)} 个，消息里写明了还缺什么和期限。")
    if found.told_before:
        names = "、".join(found.told_before[:10])
        messages.info(request, f"今天已经提醒过，没有重复发：{names}。")
    if found.unreachable:
        names = "、".join(found.unreachable[:10])
        messages.warning(request, f"没有账号，请打电话：{names}。")


def _board_address(requirement: Requirement, period: Period) -> str:
    address = redirect("evaluations:duty_board", requirement.pk).url
    return f"{address}?period={period.code}"


@require_safe
def standing_page(request: HttpRequest, pk: int, subject: int) -> HttpResponse:
    """One subject's requirement: parts, records behind them, periods before, words sent."""
    requirement = _requirement(request, pk, own=True)
    kind = requirement.subject_kind
    base = visible(kind, request.user).filter(pk=subject)
    get_object_or_404(base, pk=subject)
    period = _period(request, requirement)
    standing = next(iter(board_of(requirement, period, base).rows), None)
    if standing is None:
        raise Http404("这项要求在这一期不涉及这个对象。")
    nudges = Nudge.objects.filter(requirement=requirement, **{f"{kind}_id": subject})
    context = {
        "standing": standing,
        "requirement": requirement,
        "parts": parts_shown(standing, request.user),
        "past": past_standings(requirement, subject, timezone.localdate()),
        "nudges": nudges.select_related("sent_by")[:10],
        "rule": rule_words(requirement),
        "may_nudge": standing.missing and reachable(kind, request.user).filter(pk=subject).exists(),
        "reads_board": kind in _kinds(request.user),
    }
    return render(request, "evaluations/duty_of.html", context)


@require_safe
def subject_page(request: HttpRequest, kind: str, subject: int) -> HttpResponse:
    """All requirements of one subject in their running periods."""
    if kind not in DutySubject.values:
        raise Http404("没有这个页面。")
    get_object_or_404(visible(kind, request.user), pk=subject)
    return _of_subject(request, own_boards(kind, subject, timezone.localdate()))


@require_safe
def my_duties(request: HttpRequest) -> HttpResponse:
    """The deputy's own, with those of a seat on the committee."""
    deputy = deputy_of(request.user)
    if deputy is None:
        raise Http404("没有这个页面。")
    today = timezone.localdate()
    boards = own_boards(DutySubject.DEPUTY, deputy.pk, today)
    for seat in deputy.committee_seats.on(today).order_by("pk"):
        boards += own_boards(DutySubject.MEMBER, seat.pk, today)
    return _of_subject(request, boards)


def _of_subject(request: HttpRequest, boards: list[Board]) -> HttpResponse:
    standings = [board.rows[0] for board in boards]
    context = {
        "standings": standings,
        "who": standings[0].who if standings else None,
        "reads_board": bool(_kinds(request.user)),
    }
    return render(request, "evaluations/duties_subject.html", context)
