"""The minutes of a deliberation as a paper (议事纪要)."""

from congress_portal.core.documents.blocks import (
    Block,
    Column,
    Head,
    Heading,
    OfficialPaper,
    Paragraph,
    Table,
)
from congress_portal.core.documents.wording import date_words, office_of
from suggestions.models import Hall

_COLUMNS = (
    Column("要办的事", 36, "name"), Column("责任单位、责任人", 28, "name"),
    Column("时限", 18), Column("办理结果", 18, "name"),
)  # fmt: skip


def minutes_paper(hall: Hall) -> OfficialPaper:
    """Voters stand by number or masked name, as on the pages."""
    activity = hall.activity
    names = "、".join(
        activity.deputies.order_by("attendances__serial").values_list("name", flat=True)
    )
    place = activity.place or (activity.station.name if activity.station else "")
    facts = [f"时间：{date_words(activity.held_on)}", f"地点：{place}" if place else ""]
    facts += [f"参加代表：{names}" if names else ""]
    facts += [f"参加的选民、单位：{activity.observers}" if activity.observers else ""]
    blocks: list[Block] = [Paragraph(text) for text in facts if text]
    blocks.append(Heading("一、各方意见"))
    views = hall.views.select_related("deputy", "unit", "voice__number__station")
    blocks += [Paragraph(f"{each.who}：{each.words}") for each in views]
    blocks.append(Heading("二、议定事项"))
    lines = [line for line in hall.conclusion.splitlines() if line.strip()]
    blocks += [Paragraph(line) for line in lines or ["还没有议定。"]]
    rows = tuple(
        (
            each.what, "、".join(filter(None, (str(each.unit or ""), each.owner))),
            f"{each.due_on:%Y-%m-%d}",
            f"{each.done_on:%Y-%m-%d} {each.result}" if each.done_on else "在办",
        )
        for each in hall.tasks.select_related("unit")
    )  # fmt: skip
    if rows:
        blocks += [Heading("三、后续办理"), Table("", _COLUMNS, rows, is_small=True)]
    head = Head(
        issuer=office_of(activity.region),
        title_pieces=(hall.topic, "议事纪要"),
        date_text=date_words(hall.concluded_on or activity.held_on),
        number=" ",
    )
    return OfficialPaper(head, tuple(blocks))
