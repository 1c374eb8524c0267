"""What a deputy did in a period, in sentences: the draft of the report to the voters (M113).

Each app tells its own part: a function registered by ``told`` in ``stories.py`` of the app takes
(deputy, period) and answers with finished sentences; none means that there is nothing to tell.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal

from django.utils.module_loading import autodiscover_modules

from activities.enums import CountsAs, Part, Presence
from activities.models import Attendance, CourseCompletion, GoodDeed, Honour, Visit
from congress_portal.core.documents.wording import date_words
from congress_portal.core.enums import Verification
from congress_portal.core.periods import Period
from deputies.models import Deputy
from stations.models import ReceptionDuty

Teller = Callable[[Deputy, Period], Sequence[str]]
_EXAMPLES = 4
_NUMERALS = "一二三四五六七八九十"
_tellers: list[tuple[int, str, Teller]] = []


def told(title: str, *, order: int) -> Callable[[Teller], Teller]:
    """Register a part of the draft; parts stand by ``order``."""

    def register(teller: Teller) -> Teller:
        _tellers.append((order, title, teller))
        return teller

    return register


def story_of(deputy: Deputy, period: Period, seat: str, until: str) -> str:
    """The draft: verified records only, nothing invented; the deputy writes the rest.

    ``seat`` names the mandate in words, ``until`` the day to which the records reach.
    """
    autodiscover_modules("stories")
    parts = []
    for _, title, teller in sorted(_tellers, key=lambda each: each[0]):
        if sentences := teller(deputy, period):
            parts.append((title, "".join(sentences)))
    parts.append(("存在的不足和今后打算", "（请代表本人填写。）"))
    begin = (
        f"各位选民：\n我是{seat}{deputy.name}。"
        f"现将本届任期内（{until}）履行代表职务的情况报告如下，请予评议。"
    )
    body = [
        f"{numeral}、{title}\n{text}"
        for numeral, (title, text) in zip(_NUMERALS, parts, strict=False)
    ]
    return "\n".join([begin, *body, "以上报告，请各位选民评议。"])


def _examples(rows: Sequence[tuple[object, str]]) -> str:
    """The newest few, oldest first: «2026年3月4日××；…»."""
    chosen = sorted(rows, key=lambda row: str(row[0]))[-_EXAMPLES:]
    return "；".join(f"{date_words(day)}{text}" for day, text in chosen)  # type: ignore[arg-type]


def _present(deputy: Deputy, period: Period) -> list[Attendance]:
    rows = Attendance.objects.filter(
        deputy=deputy,
        presence=Presence.PRESENT,
        activity__verification=Verification.VERIFIED,
        activity__held_on__range=(period.first, period.last),
    )
    return list(rows.select_related("activity__form").order_by("activity__held_on"))


@told("参加会议和代表活动", order=10)
def _activities(deputy: Deputy, period: Period) -> list[str]:
    rows = [
        row for row in _present(deputy, period) if row.activity.form.counts_as != CountsAs.TRAINING
    ]
    if not rows:
        return []
    forms = Counter(row.activity.form.name for row in rows)
    kinds = "、".join(f"{name} {times} 次" for name, times in forms.most_common())
    led = sum(row.part != Part.MEMBER for row in rows)
    told_led = f"其中主讲、主持 {led} 次。" if led else ""
    examples = _examples([(row.activity.held_on, row.activity.title) for row in rows])
    return [f"参加会议和活动 {len(rows)} 次（{kinds}）。", told_led, f"近期主要有：{examples}。"]


@told("联系和接待选民", order=20)
def _voters(deputy: Deputy, period: Period) -> list[str]:
    duties = ReceptionDuty.objects.filter(
        deputy=deputy,
        reception__verification=Verification.VERIFIED,
        reception__held_on__range=(period.first, period.last),
    )
    days = len(set(duties.values_list("reception__held_on", "reception__station")))
    # what voters said stays out: the report is read to everyone
    visits = list(Visit.objects.verified().in_period(period).filter(deputy=deputy))
    sentences = []
    if days:
        sentences.append(f"在代表家站值班接待选民 {days} 天。")
    if visits:
        people = sum(visit.people for visit in visits)
        villages = len({visit.village_id for visit in visits if visit.village_id})
        reached = f"，到过 {villages} 个村（社区）" if villages else ""
        sentences.append(f"走访联系选民 {len(visits)} 次、{people} 人次{reached}。")
    return sentences


@told("参加学习培训", order=50)
def _learning(deputy: Deputy, period: Period) -> list[str]:
    rows = [
        row for row in _present(deputy, period) if row.activity.form.counts_as == CountsAs.TRAINING
    ]
    courses = CourseCompletion.objects.filter(
        deputy=deputy, completed_on__range=(period.first, period.last)
    )
    sentences = []
    if rows:
        hours = sum((row.activity.hours or Decimal(0) for row in rows), Decimal(0))
        counted = f"，共 {hours.normalize():f} 学时" if hours else ""
        sentences.append(f"参加学习培训 {len(rows)} 次{counted}。")
    if times := courses.count():
        sentences.append(f"自学课程 {times} 门。")
    return sentences


@told("为民办实事和所获表彰", order=60)
def _credit(deputy: Deputy, period: Period) -> list[str]:
    deeds = GoodDeed.objects.verified().in_period(period).filter(deputy=deputy)
    honours = Honour.objects.verified().in_period(period).filter(deputy=deputy)
    sentences = []
    if found := [(deed.held_on, deed.title) for deed in deeds]:
        sentences.append(f"为民办实事 {len(found)} 件：{_examples(found)}。")
    if found := [(row.held_on, f"获“{row.title}”") for row in honours]:
        sentences.append(f"受到表彰 {len(found)} 次：{_examples(found)}。")
    return sentences
