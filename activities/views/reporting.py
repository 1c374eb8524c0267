"""Deputies report to the voters: the term's board, meetings, reports, papers (M113, M114)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities.forms.reporting import (
    CallForm,
    CountForm,
    FeedbackForm,
    MeetingForm,
    MissingFilter,
    RectificationForm,
    TextForm,
    districts_of,
    questions_form,
    questions_in,
)
from activities.models import DutyReport, ReportMeeting
from activities.reports import duty_report as papers
from activities.selectors import reporting as selectors
from activities.services import reporting as services
from congress_portal.core.attempts import attempt
from congress_portal.core.documents.files import send_paper
from congress_portal.core.enums import Verification
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import page_of
from congress_portal.core.models import Region
from congress_portal.core.verification import verify
from deputies.models import Term


def _term(request: HttpRequest) -> Term | None:
    """The term of the address; else the one that runs today, the county's first."""
    terms = selectors.terms_with_seats(request.user)
    asked = request.GET.get("term", "")
    if asked:
        if not asked.isascii() or not asked.isdigit():
            raise Http404("没有这个届次。")
        return get_object_or_404(terms, pk=int(asked[:18]))
    today = timezone.localdate()
    running = terms.filter(begins_on__lte=today, ends_on__gte=today)
    return running.of_county().first() or running.first() or terms.first()


def _town(request: HttpRequest) -> Region | None:
    asked = request.GET.get("town", "")
    towns = Region.objects.towns().in_scope_of_reader(request.user)
    if not asked:
        return None
    if not asked.isascii() or not asked.isdigit():
        raise Http404("没有这个镇（街道）。")
    return get_object_or_404(towns, pk=int(asked[:18]))


def _readers_only(request: HttpRequest) -> None:
    if not request.user.scope.read_prefixes:
        raise Http404("没有这个页面。")


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """At least once a term: who has, who has not yet (M113)."""
    _readers_only(request)
    term, town = _term(request), _town(request)
    meetings = selectors.meetings_listed(ReportMeeting.objects.visible_to(request.user))
    context = {
        "term": term,
        "terms": selectors.terms_with_seats(request.user),
        "town": town,
        "board": selectors.board(request.user, term, town) if term else None,
        "meetings": meetings[:5],
        "to_rectify": selectors.to_rectify(request.user),
        "may_add": bool(request.user.scope.write_prefixes),
    }
    return render(request, "activities/reporting_board.html", context)


@require_safe
def missing(request: HttpRequest) -> HttpResponse:
    _readers_only(request)
    term = _term(request)
    if term is None:
        raise Http404("还没有届次。")
    form = MissingFilter(request.GET, user=request.user, term=term)
    page = page_of(request, form.apply(selectors.missing(request.user, term)))
    context = {"form": form, "page": page, "term": term,
               "may_add": bool(request.user.scope.write_prefixes)}  # fmt: skip
    return render(request, "activities/reporting_missing.html", context)


@require_safe
def meeting_list(request: HttpRequest) -> HttpResponse:
    rows = selectors.meetings_listed(ReportMeeting.objects.visible_to(request.user))
    context = {"page": page_of(request, rows), "may_add": bool(request.user.scope.write_prefixes)}
    return render(request, "activities/reporting_meetings.html", context)


def _meeting(request: HttpRequest, pk: int, *, to_write: bool = False) -> ReportMeeting:
    rows = selectors.meeting_in_full(ReportMeeting.objects.visible_to(request.user))
    found = get_object_or_404(rows, pk=pk)
    if to_write and not request.user.scope.may_write_code(found.region.code):
        raise PermissionDenied
    return found


@require_safe
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """A deputy sees the own line only; the office and its readers see all."""
    found = _meeting(request, pk)
    rows = DutyReport.objects.visible_to(request.user).filter(meeting=found)
    reports = list(selectors.reports_in_full(rows).order_by("deputy__pinyin", "pk"))
    may_write = request.user.scope.may_write_code(found.region.code)
    context = {
        "meeting": found,
        "lines": [
            (each, selectors.tally_of(each), selectors.outcome_of(each))
            if selectors.shows_votes(each, request.user)
            else (each, None, None)
            for each in reports
        ],
        "may_write": may_write,
        "to_announce": sum(bool(each.result) and each.announced_at is None for each in reports),
        "may_print": may_write and any(each.announced_at for each in reports),
        "is_due": found.held_on <= timezone.localdate(),
    }
    return render(request, "activities/reporting_meeting.html", context)


@require_http_methods(["GET", "POST"])
def write_meeting(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    if not request.user.scope.write_prefixes:
        raise PermissionDenied
    found = _meeting(request, pk, to_write=True) if pk else None
    asked = request.GET.get("district", "")
    district = districts_of(request.user).filter(pk=asked).first() if asked.isdecimal() else None
    form = MeetingForm(request.POST or None, user=request.user, meeting=found, district=district)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "values": form.values, "meeting_pk": pk,
                 "seen": form.cleaned_data["seen"], "key": form.cleaned_data["key"]}  # fmt: skip
        saved = attempt(form, services.save_meeting, **given)
        if saved is not None:
            messages.success(request, f"「{saved}」已保存，接着请选述职的代表。")
            return redirect("activities:report_meeting", pk=saved.pk)
    context = {"form": form, "meeting": found}
    return render(request, "activities/reporting_write.html", context)


@require_http_methods(["GET", "POST"])
def call_deputies(request: HttpRequest, pk: int) -> HttpResponse:
    found = _meeting(request, pk, to_write=True)
    seats = selectors.seats_to_call(found, request.user)
    everyone = request.GET.get("all") == "on"
    form = CallForm(
        request.POST or None,
        seats=seats if everyone or request.method == "POST" else seats.filter(is_done=False),
    )
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "meeting_pk": pk, **form.cleaned_data}
        reports = attempt(form, services.call_to_report, **given)
        if reports is not None:
            told = sum(bool(each.deputy.user) for each in reports)
            messages.success(
                request,
                f"已列入 {len(reports)} 位代表，述职报告草稿已按各人的履职记录起草；"
                f"通知了其中 {told} 位有账号的，其余请电话通知。",
            )
            return redirect("activities:report_meeting", pk=pk)
    context = {"form": form, "meeting": found, "everyone": everyone}
    return render(request, "activities/reporting_call.html", context)


@require_POST
def drop_deputy(request: HttpRequest, pk: int) -> HttpResponse:
    report = _report(request, pk)
    meeting_pk = report.meeting_id
    _do(request, services.drop_from_meeting, f"已去掉{report.deputy}。", report_pk=pk)
    if meeting_pk is None:
        return redirect("activities:duty_report", pk=pk)
    return redirect("activities:report_meeting", pk=meeting_pk)


def _do(request: HttpRequest, service: Any, told: str, **given: Any) -> None:
    try:
        service(actor=request.user, **given)
    except (DutyReport.DoesNotExist, ReportMeeting.DoesNotExist) as error:
        raise Http404 from error
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, told)


@require_http_methods(["GET", "POST"])
def count(request: HttpRequest, pk: int) -> HttpResponse:
    """What happened at the meeting: voters present and the ballots of each deputy (M114)."""
    found = _meeting(request, pk, to_write=True)
    reports = selectors.reports_of(found)
    form = CountForm(request.POST or None, meeting=found, reports=reports)
    if request.method == "POST" and form.is_valid():
        names = ("seen", "voters_present", "note")
        given = {"actor": request.user, "meeting_pk": pk, "counts": form.counts,
                 **{name: form.cleaned_data[name] for name in names}}  # fmt: skip
        if attempt(form, services.record_meeting, **given) is not None:
            messages.success(request, "已登记，结果按票式的规则得出。请核对后当场宣布。")
            return redirect("activities:report_meeting", pk=pk)
    return render(request, "activities/reporting_count.html", {"meeting": found, "form": form})


@require_POST
def announce(request: HttpRequest, pk: int) -> HttpResponse:
    _meeting(request, pk, to_write=True)
    try:
        done = services.announce_results(actor=request.user, meeting_pk=pk)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        told = f"已宣布 {done} 位代表的评议结果，本人会收到通知。" if done else "结果早已宣布。"
        messages.success(request, told)
    return redirect("activities:report_meeting", pk=pk)


# --- one report -----------------------------------------------------------------------------------


def _report(request: HttpRequest, pk: int) -> DutyReport:
    rows = selectors.reports_in_full(DutyReport.objects.visible_to(request.user))
    return get_object_or_404(rows, pk=pk)


def _sides(request: HttpRequest, report: DutyReport) -> dict[str, bool]:
    """What the reader may do with the report, as flags for the page."""
    keeps = DutyReport.objects.editable_by(request.user).filter(pk=report.pk).exists()
    user_pk = request.user.scope.deputy_user_id
    own = user_pk is not None and report.deputy.user_id == user_pk
    is_open = report.verification != Verification.VERIFIED
    is_held = report.meeting is None or report.meeting.is_held
    return {
        "own": own,
        "keeps": keeps,
        "is_held": is_held,
        "shows_votes": selectors.shows_votes(report, request.user),
        "may_write": (own or keeps) and is_open,
        "may_verify": keeps and not own and is_open and is_held,
        "may_rectify": (own or keeps) and is_held,
    }


@require_safe
def duty_report(request: HttpRequest, pk: int) -> HttpResponse:
    report = _report(request, pk)
    context = {
        "report": report,
        "tally": selectors.tally_of(report),
        "outcome": selectors.outcome_of(report),
        **_sides(request, report),
    }
    return render(request, "activities/reporting_report.html", context)


@require_http_methods(["GET", "POST"])
def write_report(request: HttpRequest, pk: int) -> HttpResponse:
    report = _report(request, pk)
    if not _sides(request, report)["may_write"]:
        raise PermissionDenied
    form = TextForm(request.POST or None, report=report)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "report_pk": pk, **form.cleaned_data}
        if attempt(form, services.save_text, **given) is not None:
            messages.success(request, "述职报告已保存，核实之前都可以再改。")
            return redirect("activities:duty_report", pk=pk)
    return render(request, "activities/reporting_text.html", {"report": report, "form": form})


@require_POST
def draft_again(request: HttpRequest, pk: int) -> HttpResponse:
    _report(request, pk)
    told = "已按现有的履职记录重新起草，请修改。"
    _do(request, services.draft_again, told, report_pk=pk, seen=request.POST.get("seen", ""))
    return redirect("activities:write_report", pk=pk)


@require_http_methods(["GET", "POST"])
def questions(request: HttpRequest, pk: int) -> HttpResponse:
    report = _report(request, pk)
    if not _sides(request, report)["keeps"]:
        raise PermissionDenied
    formset = questions_form(request.POST or None, report)
    seen = formset.seen
    if request.method == "POST" and formset.is_valid() and seen.is_valid():
        given = {"actor": request.user, "report_pk": pk, "questions": questions_in(formset),
                 "seen": seen.cleaned_data["seen"]}  # fmt: skip
        if attempt(seen, services.set_questions, **given) is not None:
            messages.success(request, "提问和回答已记下。")
            return redirect("activities:duty_report", pk=pk)
    context = {"report": report, "formset": formset, "seen": seen}
    return render(request, "activities/reporting_questions.html", context)


@require_http_methods(["GET", "POST"])
def feedback(request: HttpRequest, pk: int) -> HttpResponse:
    report = _report(request, pk)
    if not _sides(request, report)["keeps"]:
        raise PermissionDenied
    form = FeedbackForm(request.POST or None, report=report)
    told = "反馈意见已保存，并书面告知代表本人。"
    return _note(request, report, form, services.write_feedback, "写反馈意见", told)


@require_http_methods(["GET", "POST"])
def rectify(request: HttpRequest, pk: int) -> HttpResponse:
    report = _report(request, pk)
    if not _sides(request, report)["may_rectify"]:
        raise PermissionDenied
    form = RectificationForm(request.POST or None, report=report)
    told = "整改情况已记下。"
    return _note(request, report, form, services.write_rectification, "填整改情况", told)


def _note(
    request: HttpRequest, report: DutyReport, form: Any, service: Any, head: str, told: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "report_pk": report.pk, **form.cleaned_data}
        if attempt(form, service, **given) is not None:
            messages.success(request, told)
            return redirect("activities:duty_report", pk=report.pk)
    context = {"report": report, "form": form, "head": head}
    return render(request, "activities/reporting_note.html", context)


@require_POST
def verify_report(request: HttpRequest, pk: int) -> HttpResponse:
    report = _report(request, pk)
    if not _sides(request, report)["may_verify"]:
        raise PermissionDenied

    def check(*, actor: Any) -> None:
        if not (report.is_written or selectors.tally_of(report).cast):
            raise services.ReportingError("还没有登记票数；书面述职的请先勾选「书面述职」。")
        verify(report, actor=actor)

    _do(request, check, f"{report.deputy}的述职已核实，计入任期内述职。")
    return redirect("activities:duty_report", pk=pk)


# --- papers ---------------------------------------------------------------------------------------


@require_safe
def report_paper(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    report = _report(request, pk)
    return send_paper(papers.report_paper(report), kind, report, extra=report.deputy.name)


@require_safe
def ballot_paper(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    found = _meeting(request, pk, to_write=True)
    return send_paper(papers.ballot_paper(found, selectors.reports_of(found)), kind, found)


@require_safe
def announcement(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    found = _meeting(request, pk, to_write=True)
    rows = selectors.reports_in_full(DutyReport.objects.filter(meeting=found))
    reports = list(rows.filter(announced_at__isnull=False).order_by("deputy__pinyin", "pk"))
    if not reports:
        raise Http404("还没有宣布结果。")
    return send_paper(papers.announcement(found, reports), kind, found)
