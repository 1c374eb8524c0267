"""Lists for the hand: the sign-in sheet and whom to ring up."""

from collections.abc import Mapping

from django.utils import timezone

from activities.enums import Answer
from activities.models import Activity, Invitation
from activities.reports.chat import time_words
from congress_portal.core.documents.blocks import Cell, Column, FormPaper, Grid, Line, Table
from congress_portal.core.documents.wording import date_words, office_of
from congress_portal.core.masking import mask_phone

_SIGN_IN = ("序号", "姓名", "镇（街道）", "工作单位及职务", "签到", "备注")
_WIDTHS = (7, 12, 17, 31, 19, 14)
_PEN_MM = 11  # the height of a line that is signed by hand
_PHONES = (
    Column("序号", 8),
    Column("姓名", 14),
    Column("镇（街道）", 17),
    Column("电话", 21),
    Column("通知情况", 22),
    Column("备注", 18),
)
_SPARE_LINES = 4


def sign_in_sheet(activity: Activity, rows: list[Invitation]) -> FormPaper:
    """签到册: everyone called, leave noted, and lines for who comes unasked."""
    lines = [
        (
            str(number),
            row.deputy.name,
            row.deputy.town.name,
            row.deputy.employer,
            "",
            _remark(row),
        )
        for number, row in enumerate(rows, start=1)
    ]
    spare = [(str(len(rows) + n + 1), "", "", "", "", "") for n in range(_SPARE_LINES)]
    head = Line(tuple(Cell(text, kind="label") for text in _SIGN_IN))
    body = [
        Line(tuple(Cell(text, kind="centre") for text in line), _PEN_MM)
        for line in (*lines, *spare)
    ]
    return FormPaper(
        title_pieces=(activity.title, "签到册"),
        author=activity.organiser or office_of(activity.region),
        left=f"{activity.held_on.year}年{time_words(activity)}",
        right=f"应到{sum(row.answer != Answer.LEAVE_GRANTED for row in rows)}人　实到　　人",
        blocks=(Grid(_WIDTHS, (head, *body)),),
    )


def _remark(row: Invitation) -> str:
    if row.answer == Answer.LEAVE_GRANTED:
        return f"请假（{row.get_leave_kind_display()}）"
    return "请假待批" if row.answer == Answer.LEAVE_ASKED else ""


def phone_list(activity: Activity, rows: list[Invitation], phones: Mapping[int, str]) -> FormPaper:
    """电话名单; ``phones`` holds the numbers that may be shown, all others are masked."""
    lines = tuple(
        (
            str(number),
            row.deputy.name,
            row.deputy.town.name,
            phones.get(row.deputy_id, mask_phone(row.deputy.phone)) or "没有登记",
            "□已通知　□没接",
            "" if row.deputy.user_id else "没有账号",
        )
        for number, row in enumerate(rows, start=1)
    )
    return FormPaper(
        title_pieces=(activity.title, "电话通知名单"),
        author=activity.organiser or office_of(activity.region),
        left=f"{activity.held_on.year}年{time_words(activity)}",
        right=f"{len(rows)}人还没有看到通知（{date_words(timezone.localdate())}）",
        blocks=(Table("", _PHONES, lines),),
    )
