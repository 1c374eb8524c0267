"""活动简报: what the record already holds, in the order in which a brief tells it."""

from dataclasses import dataclass

from activities.enums import Part, Presence
from activities.models import Activity, Attendance, Finding
from activities.reports.letters import when_words
from congress_portal.core.documents.blocks import Block, Head, Heading, OfficialPaper, Paragraph
from congress_portal.core.documents.wording import date_words, office_of, paragraphs


@dataclass(frozen=True)
class Brief:
    """The facts of one activity that was held."""

    activity: Activity
    present: tuple[str, ...]
    on_leave: tuple[str, ...]
    absent: tuple[str, ...]
    leading: tuple[str, ...]
    speeches: tuple[tuple[str, str], ...]
    findings: tuple[str, ...]
    units: tuple[str, ...]


def brief_of(activity: Activity) -> Brief:
    rows = list(
        Attendance.objects.filter(activity=activity)
        .select_related("deputy")
        .order_by("serial", "pk")
    )
    findings = Finding.objects.filter(activity=activity).select_related("unit")
    return Brief(
        activity=activity,
        present=_names(rows, Presence.PRESENT),
        on_leave=_names(rows, Presence.LEAVE),
        absent=_names(rows, Presence.ABSENT),
        leading=tuple(
            f"{row.deputy.name}{row.get_part_display()}"
            for row in rows
            if row.part != Part.MEMBER and row.presence == Presence.PRESENT
        ),
        speeches=tuple((row.deputy.name, row.speech.strip()) for row in rows if row.speech.strip()),
        findings=tuple(_finding(row) for row in findings.order_by("serial", "pk")),
        units=tuple(unit.name for unit in activity.units.all()),
    )


def _names(rows: list[Attendance], presence: str) -> tuple[str, ...]:
    return tuple(row.deputy.name for row in rows if row.presence == presence)


def _finding(row: Finding) -> str:
    unit = f"（责任单位：{row.unit}）" if row.unit else ""
    return f"{row.text.strip().rstrip('。')}{unit}。"


def brief_paper(brief: Brief) -> OfficialPaper:
    activity = brief.activity
    sections: list[tuple[str, list[str]]] = [
        ("基本情况", _facts(brief)),
        ("活动内容", paragraphs(activity.content)),
        ("代表发言", [f"{name}：{text}" for name, text in brief.speeches]),
        ("发现的问题和意见", _numbered(brief.findings)),
        ("成效", paragraphs(activity.result)),
    ]
    blocks: list[Block] = []
    shown = [(title, texts) for title, texts in sections if texts]
    for number, (title, texts) in enumerate(shown):
        blocks.append(Heading(f"{'一二三四五'[number]}、{title}"))
        blocks += [Paragraph(text) for text in texts]
    head = Head(
        issuer=office_of(activity.region),
        title_pieces=(activity.title, "活动简报"),
        date_text=date_words(activity.held_on),
        number=f"〔{activity.held_on.year}〕第　　期",
    )
    return OfficialPaper(head, tuple(blocks))


def _numbered(texts: tuple[str, ...]) -> list[str]:
    return [f"{number}. {text}" for number, text in enumerate(texts, start=1)]


def _facts(brief: Brief) -> list[str]:
    activity = brief.activity
    place = f"在{activity.place}" if activity.place else ""
    theme = f"，主题为“{activity.theme.name}”" if activity.theme else ""
    said = (
        f"{when_words(activity)}，{place}开展了“{activity.title}”（{activity.form.name}）{theme}。"
    )
    count = len(brief.present)
    came = f"人大代表{count}人参加：{'、'.join(brief.present)}。" if count else ""
    others = [
        f"{'、'.join(brief.leading)}。" if brief.leading else "",
        f"请假{len(brief.on_leave)}人。" if brief.on_leave else "",
        f"缺席{len(brief.absent)}人。" if brief.absent else "",
        f"组织单位：{activity.organiser}。" if activity.organiser else "",
        f"相关单位：{'、'.join(brief.units)}。" if brief.units else "",
        f"列席、旁听：{activity.observers.rstrip('。')}。" if activity.observers else "",
        f"到场群众{activity.audience}人。" if activity.audience else "",
    ]
    return [said, came + "".join(others)] if came or any(others) else [said]
