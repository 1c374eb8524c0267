"""Official papers of calling: the notice of an activity, and the letter to a deputy's employer."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from activities.models import Activity, Invitation, SupportItem
from congress_portal.core.documents.blocks import (
    Annex,
    Block,
    Column,
    Head,
    Heading,
    LetterPaper,
    OfficialPaper,
    Paragraph,
    Table,
)
from congress_portal.core.documents.wording import date_words, office_of, paragraphs
from congress_portal.core.periods import Period
from deputies.models import Deputy, Mandate

_LAW = "《中华人民共和国全国人民代表大会和地方各级人民代表大会代表法》"
_NAMES = (
    Column("序号", 12),
    Column("姓名", 22),
    Column("镇（街道）", 24),
    Column("工作单位及职务", 42, "name"),
)


def when_words(activity: Activity) -> str:
    """«2026年9月18日（星期五）9:00至11:30»."""
    day = activity.held_on
    words = f"{date_words(day)}（星期{'一二三四五六日'[day.weekday()]}）"
    if activity.begins_at:
        words += f"{activity.begins_at:%H:%M}"
        if activity.ends_at:
            words += f"至{activity.ends_at:%H:%M}"
    return words


def notice_paper(activity: Activity, rows: list[Invitation]) -> OfficialPaper:
    """关于举行…的通知, with the list of those called."""
    issuer = office_of(activity.region)
    sections: list[tuple[str, list[str]]] = [
        ("时间", [f"{when_words(activity)}。"]),
        ("地点", [f"{activity.place}。"] if activity.place else []),
        ("参加人员", [f"人大代表{len(rows)}名（名单附后）。"]),
        ("安排和要求", paragraphs(activity.notice)),
        ("回执", [_ask(activity)]),
    ]
    blocks: list[Block] = [Paragraph(f"现将{activity.title}有关事项通知如下。")]
    number = 0
    for title, texts in sections:
        if texts:
            blocks.append(Heading(f"{'一二三四五'[number]}、{title}"))
            blocks += [Paragraph(text) for text in texts]
            number += 1
    day = activity.notified_on or timezone.localdate()
    head = Head(
        issuer=issuer,
        title_pieces=("关于", f"{activity.title}", "的通知"),
        date_text=date_words(day),
        addressee="各有关代表",
        number=f"〔{day.year}〕　　号",
        note=f"联系人及电话：{activity.contact}" if activity.contact else "",
    )
    lines = tuple(
        (str(n), row.deputy.name, row.deputy.town.name, row.deputy.employer)
        for n, row in enumerate(rows, start=1)
    )
    annexes = (Annex("参加代表名单", (Table("", _NAMES, lines),)),) if lines else ()
    return OfficialPaper(head, tuple(blocks), annexes)


def _ask(activity: Activity) -> str:
    limit = f"于{date_words(activity.reply_by)}前" if activity.reply_by else "尽早"
    return f"请{limit}在代表履职平台“活动邀请”中回执，或电话告知联系人；确需请假的，写明事由。"


@dataclass(frozen=True)
class EmployerLetter:
    """出席活动通知函 (代表法 §9, §40, §41): what the employer is told and asked."""

    activity: Activity
    deputy: Deputy
    seats: tuple[str, ...]
    addressee: str
    number: str
    day: dt.date


def letter_of(item: SupportItem) -> EmployerLetter:
    """``item`` is a letter of an activity."""
    if item.activity is None:
        raise ValueError("a letter belongs to an activity")
    return EmployerLetter(
        activity=item.activity,
        deputy=item.deputy,
        seats=seats_of(item.deputy, item.activity.held_on),
        addressee=item.detail,
        number=item.number,
        day=item.held_on,
    )


def seats_of(deputy: Deputy, day: dt.date) -> tuple[str, ...]:
    """«安澜县第十八届人民代表大会代表», one for each seat held on the day."""
    rows = Mandate.objects.in_force(Period(day, day, day.isoformat())).filter(deputy=deputy)
    found = rows.select_related("region", "term").order_by("-region__code", "pk")
    return tuple(
        f"{seat.region.name if seat.region else seat.get_level_display()}"
        f"{seat.term.name}人民代表大会代表"
        for seat in found
    )


def employer_paper(letter: EmployerLetter) -> LetterPaper:
    activity, name = letter.activity, letter.deputy.name
    seats = "、".join(letter.seats) or "人民代表大会代表"
    place = f"在{activity.place}" if activity.place else ""
    what = f"“{activity.title}”（{activity.form.name}）"
    texts = [
        f"贵单位{name}同志系{seats}。我单位定于{when_words(activity)}{place}开展{what}，"
        f"请{name}同志参加。",
        f"根据{_LAW}第四十条、第四十一条，代表参加闭会期间组织的代表活动，所在单位必须给予时间"
        "保障，按正常出勤对待，享受所在单位的工资和其他待遇。请贵单位予以支持。",
        "特此函告。",
    ]
    head = Head(
        issuer=office_of(activity.region),
        title_pieces=("关于请支持", f"{name}同志", "出席代表活动的", "通知函"),
        date_text=date_words(letter.day),
        addressee=letter.addressee,
        number=letter.number,
        note=f"联系人及电话：{activity.contact}" if activity.contact else "",
    )
    return LetterPaper(head, tuple(Paragraph(text) for text in texts))
