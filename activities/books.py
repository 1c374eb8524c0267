"""Books over activities, visits, meetings, duty reports and what towns keep (MISSION M27–M30)."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from activities.enums import CountsAs, Presence
from activities.models import (
    Activity,
    ActivityFile,
    Attendance,
    CourseCompletion,
    DutyReport,
    Finding,
    Interview,
    NewsItem,
    ReportMeeting,
    Visit,
)
from activities.models.support import (
    PartyMeeting,
    RuleVersion,
    SessionPaper,
    TownSession,
    WorkPlan,
)
from congress_portal.core.enums import Verification
from stations.bookkeeping import Holder, Rows, Source, Span, day_text, define, feed

_MEETING = (("held_on", "日期", 16), ("title", "会议", 34), ("people", "出席", 14),
            ("content", "议题、决定", 36))  # fmt: skip
_ACTIVITY = (("held_on", "日期", 16), ("title", "活动", 34), ("place", "地点", 16),
             ("people", "参加", 10), ("content", "内容、成效", 24))  # fmt: skip
_REPORT = (("held_on", "日期", 16), ("deputy", "代表", 14), ("voters", "到会选民", 12),
           ("votes", "评议", 32), ("result", "结果", 26))  # fmt: skip
_PAPERS = (("on", "日期", 16), ("kind", "种类", 16), ("title", "名称", 46),
           ("by", "发布、通过", 22))  # fmt: skip

define("chronicle", "大事记",
       (("held_on", "日期", 16), ("kind", "类别", 16), ("title", "事项", 68)),
       feed="记下会议、代表活动和刊用的信息")  # fmt: skip
define(
    "trainings", "学习培训记录簿",
    (("held_on", "日期", 16), ("title", "学习培训", 44), ("people", "参加", 24),
     ("hours", "学时", 16)),
    feed="记下培训学习类的活动，或者代表学完课程",
)  # fmt: skip
define("meetings", "会议记录簿", _MEETING, feed="登记人代会、党委研究人大工作和会议类的活动")
define(
    "visits", "联系走访记录簿",
    (("held_on", "日期", 16), ("deputy", "代表", 14), ("place", "村（社区）", 20),
     ("people", "人次", 8), ("matter", "反映情况", 42)),
    feed="登记代表走访、联系选民",
)  # fmt: skip
define("activities", "代表活动记录簿", _ACTIVITY, feed="登记代表活动")
define("inspections", "视察调研记录簿", _ACTIVITY, feed="登记视察、调研、执法检查类的活动")
define("duty_reports", "述职评议记录簿", _REPORT, span=Span.YEAR, feed="登记代表述职")
define(
    "duty_report_files", "代表述职档案",
    (("held_on", "日期", 16), ("deputy", "代表", 14), ("text", "述职报告", 22),
     ("result", "评议结果", 24), ("mended", "反馈和整改", 24)),
    span=Span.YEAR, feed="登记代表述职，附述职报告、反馈和整改",
)  # fmt: skip
define(
    "supervision_files", "监督工作档案",
    (("held_on", "日期", 16), ("kind", "种类", 16), ("title", "事项", 46),
     ("result", "回应、整改", 22)),
    span=Span.YEAR, feed="登记视察调研的发现、约见负责人",
)  # fmt: skip
define(
    "meeting_files", "会议档案",
    (("held_on", "日期", 16), ("meeting", "会议", 42), ("paper", "材料", 42)),
    span=Span.YEAR, feed="给人代会、会议类的活动附上材料",
)  # fmt: skip
define("rules_and_plans", "制度计划总结档案", _PAPERS, span=Span.YEAR, feed="登记制度和年度计划")
define(
    "activity_files", "活动档案",
    (("held_on", "日期", 16), ("title", "活动", 42), ("paper", "材料", 42)),
    span=Span.YEAR, feed="给活动附上照片或者材料",
)  # fmt: skip
define("public_rules", "公开工作制度", _PAPERS, span=Span.EVER, feed="登记家站、镇（街道）的制度")
define(
    "town_sessions", "镇人代会记录", _MEETING, span=Span.YEAR, feed="登记镇人民代表大会会议"
)  # fmt: skip
define("plans", "年度工作计划", _PAPERS, span=Span.YEAR, feed="登记年度计划")


def _activities(narrow: Q | None = None) -> Rows:
    def rows(until: dt.date) -> QuerySet[Any]:
        held = Activity.objects.filter(verification=Verification.VERIFIED, held_on__lte=until)
        held = held.filter(narrow) if narrow else held
        return held.select_related("form").prefetch_related("attendances")

    return rows


def _both(
    rows: Rows, day: str, cells: Callable[[Any], tuple[str, ...]], path: str = ""
) -> list[Any]:
    """Of a station; of no station, then of the town that held it."""
    lead = f"{path}__" if path else ""

    def townwide(until: dt.date) -> QuerySet[Any]:
        return rows(until).filter(**{f"{lead}station__isnull": True})

    address = _activity_address if path == "" else lambda row: _activity_address(row.activity)
    return [
        Source(rows, day, Holder.STATION, f"{lead}station", cells, address),
        Source(townwide, day, Holder.PLATFORM, f"{lead}region", cells, address),
    ]


def _activity_address(activity: Activity) -> str:
    return reverse("activities:detail", args=[activity.pk])


def _present(row: Activity) -> str:
    came = sum(each.presence == Presence.PRESENT for each in row.attendances.all())
    return f"{came} 人" if came else ""


def _activity_cells(row: Activity) -> tuple[str, ...]:
    words = "；".join(text for text in (row.content, row.result) if text)
    return day_text(row.held_on), row.title, row.place, _present(row), words


def _meeting_cells(row: Activity) -> tuple[str, ...]:
    return day_text(row.held_on), row.title, _present(row), row.content


def _training_cells(row: Activity) -> tuple[str, ...]:
    hours = f"{row.hours.normalize():f}" if row.hours else ""
    return day_text(row.held_on), row.title, _present(row), hours


def _event_cells(row: Activity) -> tuple[str, ...]:
    return day_text(row.held_on), row.form.name, row.title


_INSPECTION = Q(form__counts_as=CountsAs.INSPECTION)
_TRAINING = Q(form__counts_as=CountsAs.TRAINING)
_PHOTOGRAPHED = ~Q(photo="") & ~Q(photo=None)

feed("activities", *_both(_activities(~_TRAINING), "held_on", _activity_cells))
feed("inspections", *_both(_activities(_INSPECTION), "held_on", _activity_cells))
feed("trainings", *_both(_activities(_TRAINING), "held_on", _training_cells))
feed("meetings", *_both(_activities(Q(form__is_meeting=True)), "held_on", _meeting_cells))
feed("chronicle", *_both(_activities(), "held_on", _event_cells))
feed(
    "activity_files",
    *_both(
        _activities(_PHOTOGRAPHED),
        "held_on",
        lambda row: (day_text(row.held_on), row.title, "照片"),
    ),
)


def _files(narrow: Q | None = None) -> Rows:
    def rows(until: dt.date) -> QuerySet[Any]:
        verified = {"activity__verification": Verification.VERIFIED}
        found = ActivityFile.objects.filter(**verified, activity__held_on__lte=until)
        return (found.filter(narrow) if narrow else found).select_related("activity")

    return rows


def _file_cells(row: ActivityFile) -> tuple[str, ...]:
    return day_text(row.activity.held_on), row.activity.title, row.title


_OF_MEETINGS = Q(activity__form__is_meeting=True)
feed("activity_files", *_both(_files(), "activity__held_on", _file_cells, "activity"))
feed("meeting_files", *_both(_files(_OF_MEETINGS), "activity__held_on", _file_cells, "activity"))


def _completions(until: dt.date) -> QuerySet[Any]:
    rows = CourseCompletion.objects.filter(completed_on__lte=until)
    return rows.select_related("deputy", "course")


feed(
    "trainings",
    Source(
        _completions, "completed_on", Holder.DEPUTY, "deputy",
        lambda row: (day_text(row.completed_on), f"自学：{row.course.title}", row.deputy.name,
                     f"{row.hours.normalize():f}"),
    ),
)  # fmt: skip


def _visits(until: dt.date) -> QuerySet[Any]:
    rows = Visit.objects.filter(verification=Verification.VERIFIED, held_on__lte=until)
    return rows.select_related("deputy", "region", "village", "channel")


def _visit_address(row: Visit) -> str:
    return reverse("activities:visit_detail", args=[row.pk])


feed(
    "visits",
    Source(
        _visits, "held_on", Holder.DEPUTY, "deputy",
        lambda row: (day_text(row.held_on), row.deputy.name, (row.village or row.region).name,
                     str(row.people), row.matter),
        _visit_address,
    ),
)  # fmt: skip


def _attended(until: dt.date) -> QuerySet[Any]:
    rows = Attendance.objects.filter(
        presence=Presence.PRESENT,
        activity__verification=Verification.VERIFIED,
        activity__held_on__lte=until,
    )
    return rows.select_related("deputy", "activity__form")


def _trained(until: dt.date) -> QuerySet[Any]:
    """Deputies at trainings that no station held itself."""
    rows = _attended(until).filter(activity__form__counts_as=CountsAs.TRAINING)
    return rows.filter(activity__station__isnull=True)


def _trained_cells(row: Attendance) -> tuple[str, ...]:
    hours = f"{row.activity.hours.normalize():f}" if row.activity.hours else ""
    return day_text(row.activity.held_on), row.activity.title, row.deputy.name, hours


feed(
    "trainings",
    Source(
        _trained, "activity__held_on", Holder.DEPUTY, "deputy", _trained_cells,
        lambda row: _activity_address(row.activity),
    ),
)  # fmt: skip


def _reports(until: dt.date) -> QuerySet[Any]:
    rows = DutyReport.objects.filter(verification=Verification.VERIFIED, held_on__lte=until)
    return rows.select_related("deputy")


def _report_address(row: DutyReport) -> str:
    return reverse("activities:duty_report", args=[row.pk])


def _votes(row: DutyReport) -> str:
    if not row.satisfied and not row.basically_satisfied and not row.unsatisfied:
        return ""
    said = f"满意 {row.satisfied}、基本满意 {row.basically_satisfied}、不满意 {row.unsatisfied}"
    return f"优秀 {row.excellent}、{said}" if row.excellent else said


def _file_of_report(row: DutyReport) -> tuple[str, ...]:
    texts = [
        word for word, there in (("有反馈", row.feedback), ("有整改", row.rectification)) if there
    ]
    text = "有" if row.text else "没有附"
    return day_text(row.held_on), row.deputy.name, text, row.result, "、".join(texts)


feed(
    "duty_files",
    Source(
        _attended, "activity__held_on", Holder.DEPUTY, "deputy",
        lambda row: (day_text(row.activity.held_on), row.deputy.name, row.activity.form.name,
                     row.activity.title),
        lambda row: _activity_address(row.activity),
    ),
    Source(
        _visits, "held_on", Holder.DEPUTY, "deputy",
        lambda row: (day_text(row.held_on), row.deputy.name, row.channel.name,
                     row.matter or (row.village or row.region).name),
        _visit_address,
    ),
    Source(
        _reports, "held_on", Holder.DEPUTY, "deputy",
        lambda row: (day_text(row.held_on), row.deputy.name, "述职", row.result),
        _report_address,
    ),
)  # fmt: skip
feed(
    "duty_reports",
    Source(
        _reports, "held_on", Holder.DEPUTY, "deputy",
        lambda row: (day_text(row.held_on), row.deputy.name, f"{row.voters_present} 人",
                     _votes(row), row.result),
        _report_address,
    ),
)  # fmt: skip
feed(
    "duty_report_files",
    Source(_reports, "held_on", Holder.DEPUTY, "deputy", _file_of_report, _report_address),
)


def _findings(until: dt.date) -> QuerySet[Any]:
    verified = {"activity__verification": Verification.VERIFIED}
    rows = Finding.objects.filter(**verified, activity__held_on__lte=until)
    return rows.select_related("activity", "unit")


def _finding_cells(row: Finding) -> tuple[str, ...]:
    done = row.mended or row.response
    return day_text(row.activity.held_on), row.get_kind_display(), row.text, done


def _interviews(until: dt.date) -> QuerySet[Any]:
    return Interview.objects.filter(asked_on__lte=until).select_related("unit")


feed(
    "supervision_files",
    *_both(_findings, "activity__held_on", _finding_cells, "activity"),
    Source(
        _interviews, "asked_on", Holder.PLATFORM, "region",
        lambda row: (day_text(row.asked_on), "约见", f"{row.unit}：{row.subject}", row.outcome),
        lambda row: reverse("activities:interview", args=[row.pk]),
    ),
)  # fmt: skip


def _until(model: Any, day: str, *related: str) -> Rows:
    def rows(until: dt.date) -> QuerySet[Any]:
        found: QuerySet[Any] = model._default_manager.filter(**{f"{day}__lte": until})
        return found.select_related(*related) if related else found

    return rows


_sessions = _until(TownSession, "begins_on")
_party_meetings = _until(PartyMeeting, "held_on")
_news = _until(NewsItem, "held_on")


def _session_cells(row: TownSession) -> tuple[str, ...]:
    words = "；".join(text for text in (row.agenda, row.decisions) if text)
    return day_text(row.begins_on), str(row), f"{row.present}/{row.due} 人", words


_SESSION = Source(_sessions, "begins_on", Holder.PLATFORM, "region", _session_cells)
feed("town_sessions", _SESSION)
feed(
    "meetings",
    _SESSION,
    Source(
        _party_meetings, "held_on", Holder.PLATFORM, "region",
        lambda row: (day_text(row.held_on), f"党委研究：{row.topic}", "", row.decisions),
    ),
)  # fmt: skip
feed(
    "chronicle",
    Source(
        _sessions, "begins_on", Holder.PLATFORM, "region",
        lambda row: (day_text(row.begins_on), "人代会", str(row)),
    ),
    Source(
        _party_meetings, "held_on", Holder.PLATFORM, "region",
        lambda row: (day_text(row.held_on), "党委研究人大工作", row.topic),
    ),
    Source(
        lambda until: _news(until).filter(verification=Verification.VERIFIED),
        "held_on", Holder.PLATFORM, "region",
        lambda row: (day_text(row.held_on), "信息刊用", row.title),
    ),
)  # fmt: skip
feed(
    "meeting_files",
    Source(
        _until(SessionPaper, "session__begins_on", "session__region"),
        "session__begins_on", Holder.PLATFORM, "session__region",
        lambda row: (day_text(row.session.begins_on), str(row.session), row.title),
    ),
)  # fmt: skip
feed(
    "duty_reports",
    Source(
        lambda until: ReportMeeting.objects.filter(is_held=True, held_on__lte=until),
        "held_on", Holder.PLATFORM, "region",
        lambda row: (day_text(row.held_on), "述职评议会",
                     f"{row.voters_present} 人" if row.voters_present is not None else "",
                     row.title, ""),
        lambda row: reverse("activities:report_meeting", args=[row.pk]),
    ),
)  # fmt: skip


def _rule_cells(row: RuleVersion) -> tuple[str, ...]:
    title = f"{row.document.title}（第 {row.version} 版）"
    return day_text(row.effective_on), "制度", title, row.issuer


def _of_town(rows: Rows, station: str) -> Rows:
    return lambda until: rows(until).filter(**{f"{station}__isnull": True})


_rules = _until(RuleVersion, "effective_on", "document")
_plans = _until(WorkPlan, "adopted_on")


def _plan_cells(row: WorkPlan) -> tuple[str, ...]:
    return day_text(row.adopted_on), "计划", row.title, "附总结" if row.summary else "还没有总结"


_RULES = Source(_rules, "effective_on", Holder.STATION, "document__station", _rule_cells)
_PLANS = (
    Source(_plans, "adopted_on", Holder.STATION, "station", _plan_cells),
    Source(
        _of_town(_plans, "station"), "adopted_on", Holder.PLATFORM, "region", _plan_cells
    ),
)  # fmt: skip
feed(
    "rules_and_plans",
    _RULES,
    Source(
        _of_town(_rules, "document__station"), "effective_on", Holder.PLATFORM,
        "document__region", _rule_cells,
    ),
    *_PLANS,
)  # fmt: skip
feed(
    "public_rules",
    _RULES,
    Source(
        _of_town(_rules, "document__station"), "effective_on", Holder.TOWN, "document__region",
        _rule_cells,
    ),
)  # fmt: skip
feed("plans", *_PLANS)
