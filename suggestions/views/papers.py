"""Papers to take away: each starts from what the reader may see, and each is in the trail."""

import io
import zipfile

from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from congress_portal.core.audit import record
from congress_portal.core.documents.blocks import FormPaper, OfficialPaper
from congress_portal.core.documents.files import file_response, send_paper
from congress_portal.core.enums import AuditAction
from congress_portal.core.models import Region
from deputies.models import Term
from suggestions import reports
from suggestions.enums import Kind
from suggestions.models import (
    Appraisal,
    Reply,
    ReplyDraft,
    Suggestion,
    Supervision,
)
from suggestions.models.handling import readable
from suggestions.selectors import awaiting_hand_over, open_list
from suggestions.selectors.papers import opinions_for


@require_safe
def form(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """建议表 of a suggestion one takes part in; a published one of others is on the open list."""
    rows = _own(request).select_related("lead", "region", "term", "field")
    item = get_object_or_404(rows, pk=pk)
    return _send(reports.suggestion_form(item, request.user), kind, item, item.number)


@require_safe
def blank_form(request: HttpRequest, kind: str) -> HttpResponse:
    """The paper form for the pen; ``?case=motion`` for motions."""
    region = _asked(request, Region.objects.filter(pk__in=Term.objects.values("region")))
    case = Kind.MOTION if request.GET.get("case") == Kind.MOTION else Kind.SUGGESTION
    today = timezone.localdate()
    terms = Term.objects.filter(region=region, begins_on__lte=today, ends_on__gte=today)
    term = terms.order_by("-begins_on").first()
    return _send(reports.blank_form(case, region, term.name if term else ""), kind, region)


@require_safe
def letter(request: HttpRequest, sheet_pk: int, kind: str) -> HttpResponse:
    """答复函, the copy of one proposer."""
    sheet = get_object_or_404(_sheets(request), pk=sheet_pk)
    paper = reports.reply_paper(reports.letter_of(sheet))
    return _send(paper, kind, sheet.reply, sheet.deputy.name)


@require_safe
def sheet(request: HttpRequest, sheet_pk: int, kind: str) -> HttpResponse:
    """征询意见表 of one proposer."""
    row = get_object_or_404(_sheets(request), pk=sheet_pk)
    return _send(reports.appraisal_paper(row), kind, row, row.deputy.name)


@require_safe
def lead_letter(request: HttpRequest, reply_pk: int, kind: str) -> HttpResponse:
    """答复函 of a reply without sheets, addressed to the lead deputy."""
    rows = _replies(request).filter(appraisals__isnull=True)
    reply = get_object_or_404(rows, pk=reply_pk)
    return _send(reports.reply_paper(reports.letter_to_lead(reply)), kind, reply)


@require_safe
def letters(request: HttpRequest, reply_pk: int) -> HttpResponse:
    """Every copy of a reply that the reader may see, as PDFs in one file."""
    reply = get_object_or_404(_replies(request), pk=reply_pk)
    rows = list(_sheets(request).filter(reply=reply).order_by("pk"))
    if not rows:
        raise Http404
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        for number, row in enumerate(rows, start=1):
            paper = reports.reply_paper(reports.letter_of(row))
            bundle.writestr(f"{number:02d}-{row.deputy.name}.pdf", reports.paper_pdf(paper))
    name = f"第{reply.handling.suggestion.number}号答复函"
    record(AuditAction.EXPORT, reply, label=name, changes={"format": "zip", "copies": len(rows)})
    return file_response(out.getvalue(), name, "zip")


@require_safe
def draft_letter(request: HttpRequest, draft_pk: int, kind: str) -> HttpResponse:
    """送审稿: what the unit's leader is asked to sign; it stays in the unit."""
    rows = ReplyDraft.objects.visible_to(request.user).select_related(
        "reply_class", "handling__unit", *_case("handling__suggestion")
    )
    draft = get_object_or_404(rows, pk=draft_pk)
    return _send(reports.reply_paper(reports.letter_of_draft(draft)), kind, draft)


@require_safe
def opinion(request: HttpRequest, handling_pk: int, kind: str) -> HttpResponse:
    """会办意见: for the office, the unit that gave it and the lead unit."""
    rows = opinions_for(request.user).select_related("unit", *_case("suggestion"))
    part = get_object_or_404(rows, pk=handling_pk)
    return _send(reports.opinion_paper(reports.opinion_of(part)), kind, part)


@require_safe
def supervision(request: HttpRequest, supervision_pk: int, kind: str) -> HttpResponse:
    """督办通知 after one of the five forms of supervision."""
    rows = Supervision.objects.visible_to(request.user).select_related(
        "suggestion__leading_member", *_case("suggestion")
    )
    row = get_object_or_404(rows, pk=supervision_pk)
    facts = reports.supervision_facts(row.suggestion, timezone.localdate(), row)
    return _send(reports.supervision_paper(facts), kind, row)


@require_safe
def reminder(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """督办通知 for a reply that is due or late; the office's alone."""
    rows = Suggestion.objects.editable_by(request.user).with_units()
    item = get_object_or_404(rows.select_related("region", "term", "leading_member"), pk=pk)
    facts = reports.supervision_facts(item, timezone.localdate())
    return _send(reports.supervision_paper(facts), kind, item)


@require_safe
def hand_over_list(request: HttpRequest, kind: str) -> HttpResponse:
    """交办清单 of ``?day=2026-03-16``, the newest hand-over unless named."""
    region = _asked(request, read_regions(request))
    rows = Suggestion.objects.visible_to(request.user)
    days = reports.hand_over_days(rows, region)
    day = _day(request.GET["day"]) if request.GET.get("day") else next(iter(days), None)
    if day not in days:
        raise Http404("这一天没有交办建议。")
    paper = reports.hand_over_paper(reports.hand_over_facts(rows, region, day))
    return _send(paper, kind, region, day.isoformat())


@require_safe
def awaiting_list(request: HttpRequest, kind: str) -> HttpResponse:
    """拟交办清单: what waits for the hand-over meeting; the office's alone."""
    region = _asked(request, read_regions(request))
    rows = awaiting_hand_over(Suggestion.objects.editable_by(request.user))
    if not rows.filter(region=region).exists():
        raise Http404("没有等待交办的建议。")
    paper = reports.awaiting_paper(rows, region, timezone.localdate())
    return _send(paper, kind, region)


@require_safe
def year_report(request: HttpRequest, kind: str) -> HttpResponse:
    """年度办理情况报告 of ``?year=``, for who reads the whole congress."""
    region = _asked(request, read_regions(request))
    rows = Suggestion.objects.visible_to(request.user)
    facts = reports.year_facts(rows, region, _year(request), timezone.localdate())
    return _send(reports.year_paper(facts), kind, region)


@require_safe
def published(request: HttpRequest, kind: str) -> HttpResponse:
    """公开目录 of ``?year=``: nothing in it but what everybody may read."""
    rows = open_list()
    regions = Region.objects.filter(pk__in=Suggestion.objects.values("region"))
    region = _asked(request, regions)
    facts = reports.open_facts(rows, region, _year(request), timezone.localdate())
    return _send(reports.open_paper(facts), kind, region)


def _own(request: HttpRequest) -> QuerySet[Suggestion]:
    """What the reader takes part in."""
    rows = Suggestion.objects.visible_to(request.user)
    return rows.filter(pk__in=readable(request.user.scope).values("pk"))


def _case(path: str) -> tuple[str, ...]:
    return tuple(f"{path}__{name}" for name in ("region", "term", "lead"))


def _sheets(request: HttpRequest) -> QuerySet[Appraisal]:
    return Appraisal.objects.visible_to(request.user).select_related(
        "deputy",
        "reply__reply_class",
        "reply__handling__unit",
        *_case("suggestion"),
        *_case("reply__handling__suggestion"),
    )


def _replies(request: HttpRequest) -> QuerySet[Reply]:
    """Of the lead units, in cases the reader takes part in."""
    rows = Reply.objects.visible_to(request.user).of_lead_units()
    rows = rows.filter(handling__suggestion__in=readable(request.user.scope))
    return rows.select_related(
        "reply_class", "handling__unit", *_case("handling__suggestion")
    ).distinct()


def read_regions(request: HttpRequest) -> QuerySet[Region]:
    """Congresses whose whole register the reader reads (the office and the leaders)."""
    rows = Region.objects.filter(pk__in=Suggestion.objects.values("region"))
    prefixes = request.user.scope.read_prefixes
    found = [row.pk for row in rows if any(row.code.startswith(each) for each in prefixes)]
    return rows.filter(pk__in=found)


def _asked(request: HttpRequest, regions: QuerySet[Region]) -> Region:
    """``?region=`` by its code; the highest congress unless named."""
    rows = regions.order_by("code")
    code = request.GET.get("region", "")
    region = rows.filter(code=code).first() if code else rows.first()
    if region is None:
        raise Http404("没有可以查看的人大。")
    return region


def _day(text: str) -> object:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _year(request: HttpRequest) -> int:
    text = request.GET.get("year", "")
    if not text:
        return timezone.localdate().year
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise Http404("年度要写成四位数字。")
    return int(text)


def _send(
    paper: OfficialPaper | FormPaper, kind: str, about: models.Model, extra: str = ""
) -> HttpResponse:
    return send_paper(paper, kind, about, extra=extra)
