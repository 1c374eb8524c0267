"""Sentences and cells made of figures: no adjective that a figure does not carry."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from congress_portal.core.documents.blocks import Column, Note, Paragraph, Table
from congress_portal.core.figures import Rate
from congress_portal.evaluations.enums import Method
from congress_portal.evaluations.points import plain
from congress_portal.evaluations.reports.facts import IndicatorFacts, SheetFacts, SubjectFacts

ORDINALS = "一二三四五六七八九十"
_NAMED = 3  # subjects named in a sentence; the annex has them all
_PROBLEMS = 4


@dataclass(frozen=True)
class Words:
    """How a kind of subject is called: «个家站», «名代表», «个承办单位».

    ``summed`` says of what the sums are made, where they count one event more than once.
    """

    noun: str
    measure: str
    summed: str = ""

    def count(self, number: int) -> str:
        return f"{number}{self.measure}{self.noun}"


STATIONS = Words("家站", "个")
# one event with several deputies stands in the figure of each of them
DEPUTIES = Words("代表", "名", "各代表的数相加（同一件事有几位代表参加的，每位各计一次），")
UNITS = Words("承办单位", "个")
GROUPS = Words("代表小组", "个", "一位代表在几个小组的，每个小组各计一次，")
TOWNS = Words("镇街", "个")

#: What is to be done about a shortfall, by the metric that fell short.
_REMEDIES = {
    "facilities": "对照缺项配齐",
    "books_kept": "补建缺少的簿册",
    "books_missing": "补建缺少的簿册",
    "activities": "排出活动计划并按期组织",
    "reception_days": "按月公布并落实接待选民日",
    "deputies_active": "逐人安排没有参加活动和接待的代表",
    "opinions_closed": "逐件办理没有办结的意见，并答复选民",
    "inspection_score": "对照考评组意见整改",
    "on_time": "按交办时限倒排办理进度",
    "satisfied": "当面沟通代表不满意的答复，并重新办理",
    "solved": "对列入计划解决的建议继续办理，解决后再次答复",
    "voters_contacted": "安排代表走访联系选民",
    "villages_contacted": "安排代表到没有联系过的村（社区）走访",
    "duty_reports": "排出届内述职计划",
    "trainings": "安排没有参加培训的代表补训",
    "inspections": "安排代表参加视察、调研和执法检查",
    "suggestions_led": "组织代表结合走访提出建议",
    "suggestions_cosigned": "组织代表结合走访提出建议",
}


def points(value: Decimal | None) -> str:
    """88.33, or a dash where nothing counted."""
    return "—" if value is None else f"{value:.2f}"


def signed(value: Decimal | None) -> str:
    return "—" if value is None else f"{value:+.2f}".replace("-", "−")


def change_words(now: Decimal | None, before: Decimal | None, previous: str) -> str:
    """«，比上季度升1.20分»; nothing where there is no earlier period."""
    if now is None or before is None:
        return ""
    if now == before:
        return f"，与{previous}持平"
    return f"，比{previous}{'升' if now > before else '降'}{abs(now - before):.2f}分"


def moved(change: Decimal | None) -> str:
    """升1.20分 or 降1.20分."""
    value = change or Decimal(0)
    return f"{'升' if value >= 0 else '降'}{abs(value):.2f}分"


def names(subjects: Sequence[SubjectFacts], *, most: int = _NAMED, total: bool = True) -> str:
    """«A（98.00分）、B（97.50分）等5个»: all if few, else the first with the number."""
    shown = subjects if len(subjects) <= most else subjects[:most]
    listed = "、".join(
        f"{one.label}（{points(one.total)}分）" if total else one.label for one in shown
    )
    return listed if len(subjects) <= most else f"{listed}等{len(subjects)}个"


def share(part: Decimal, whole: Decimal) -> str:
    """Per cent to one decimal."""
    return f"{100 * part / whole:.1f}%" if whole else "0.0%"


def previous_words(facts: SheetFacts) -> str:
    """上季度, 上个半年, 上年 or 上月."""
    code = facts.sheet.period_code.upper()
    if "H" in code:
        return "上个半年"
    return "上季度" if "Q" in code else "上月" if "-" in code else "上年"


def basis(facts: SheetFacts, words: Words) -> Paragraph:
    """Scheme, subjects, lines and the day up to which records count."""
    sheet = facts.sheet
    stamp = sheet.computed_at
    last = min(sheet.last_day, timezone.localdate(stamp)) if stamp else sheet.last_day
    early = "" if last == sheet.last_day else f"（{facts.period.label}还没有结束）"
    skipped = len(facts.subjects) - len(facts.scored)
    extra = f"（其中{words.count(skipped)}没有可计的数据，不计总分）" if skipped else ""
    return Paragraph(
        f"本次考评按《{facts.sheet.scheme_data['name']}》方案进行，对象为{facts.county}"
        f"{words.count(len(facts.subjects))}{extra}，设{len(facts.indicators)}项指标，"
        f"满分{plain(facts.full)}分，记录截至{last.year}年{last.month}月{last.day}日{early}。"
    )


def inputs(facts: SheetFacts, words: Words) -> Paragraph:
    """What was counted under each indicator, over all subjects; each figure once."""
    said: dict[str, str] = {}
    for one in facts.indicators:
        said.setdefault(one.metric, _input(one, words))
    counted = "；".join(filter(None, said.values()))
    return Paragraph(f"{facts.period.label}，{words.summed}{counted}。")


def _input(one: IndicatorFacts, words: Words) -> str:
    counted = [line for _, line in one.lines if line.value is not None]
    if not counted:
        return ""
    if one.method == Method.MANUAL:
        missing = len(one.lines) - len(counted)
        rest = f"，{words.count(missing)}没有评分" if missing else ""
        average = one.value / len(counted)
        return f"{words.count(len(counted))}有{one.metric_name}，平均{average:.2f}分{rest}"
    if one.method == Method.RATIO:
        rate = one.rate
        if not rate.whole:
            return f"没有{one.base_name}"
        return f"{one.metric_name}占{one.base_name}的{rate}"
    average = one.value / len(one.lines)
    unit = one.unit
    return (
        f"{one.metric_name}合计{plain(one.value)}{unit}，平均每{words.measure}{average:.2f}{unit}"
    )


def problems(facts: SheetFacts, words: Words) -> list[Paragraph]:
    """The indicators that cost the most points, with who lost most."""
    return [
        Paragraph(
            lead=f"（{ORDINALS[number]}）{one.name}失分{points(one.lost)}分。",
            text=f"占全部失分的{share(one.lost, facts.lost)}，{words.count(len(one.counted))}中"
            f"{len(one.short)}{words.measure}未得满分。{_worst(facts, one)}",
        )
        for number, one in enumerate(facts.by_loss[:_PROBLEMS])
    ]


def _worst(facts: SheetFacts, one: IndicatorFacts) -> str:
    """Who lost most on it; persons are never named for it."""
    if not facts.sheet.scheme_data["ranks"] or not one.short:
        return ""
    most = one.short[0][1].lost
    worst = [subject for subject, line in one.short if line.lost == most]
    return f"失{points(most)}分的最多，是{names(worst, total=False)}。"


def requests(facts: SheetFacts, words: Words) -> list[Paragraph]:
    """What follows from the losses, line by line, with the figure to be reached."""
    return [
        Paragraph(
            lead=f"（{ORDINALS[number]}）关于{one.name}。",
            text=f"{_aim(one, words)}{_REMEDIES.get(one.metric, '对照失分原因改进')}。",
        )
        for number, one in enumerate(facts.by_loss[:_PROBLEMS])
    ]


def _without(one: IndicatorFacts) -> int:
    return sum(1 for _, line in one.lines if not line.value)


def seldom(facts: SheetFacts) -> list[IndicatorFacts]:
    """What the fewest persons have a record of, first; ratios say nothing about that."""
    counts = [one for one in facts.indicators if one.method != Method.RATIO and _without(one)]
    return sorted(counts, key=lambda one: -_without(one))


def person_problems(facts: SheetFacts) -> list[Paragraph]:
    """By how many have no record; towns are named, persons never."""
    return [
        Paragraph(
            lead=f"（{ORDINALS[number]}）没有{one.name}记录的代表{_without(one)}名。",
            text=f"有记录的占{Rate(len(one.lines) - _without(one), len(one.lines))}；"
            f"{_lowest_places(facts, one)}",
        )
        for number, one in enumerate(seldom(facts)[:_PROBLEMS])
    ]


def _lowest_places(facts: SheetFacts, one: IndicatorFacts) -> str:
    active = {subject.key for subject, line in one.lines if line.value}
    rates = [
        (place.name, Rate(sum(s.key in active for s in place.subjects), len(place.subjects)))
        for place in facts.places
    ]
    rates.sort(key=lambda pair: pair[1].part / pair[1].whole)
    listed = "、".join(f"{name}{rate}" for name, rate in rates[:_NAMED])
    return f"占比在后的镇街是{listed}。"


def person_requests(facts: SheetFacts, words: Words) -> list[Paragraph]:
    return [
        Paragraph(
            lead=f"（{ORDINALS[number]}）关于{one.name}。",
            text=f"{words.count(_without(one))}本期没有记录，"
            f"要{_REMEDIES.get(one.metric, '对照附件安排补上')}。",
        )
        for number, one in enumerate(seldom(facts)[:_PROBLEMS])
    ]


def _aim(one: IndicatorFacts, words: Words) -> str:
    short = words.count(len(one.short))
    if one.method == Method.TARGET:
        return f"{short}未达到{plain(one.target or 0)}{one.unit}的目标，要"
    if one.method == Method.RATIO:
        whole = f"{one.base_name}{plain(one.base)}{one.base_unit}"
        part = f"{one.metric_name}{plain(one.value)}{one.unit}"
        return f"{whole}，{part}，相差{plain(one.base - one.value)}{one.unit}，要"
    if one.method == Method.DEDUCTION:
        return f"{short}共{plain(one.value)}{one.unit}，要"
    if one.method == Method.FIRST_THEN_EACH:
        return f"{words.count(_without(one))}本期没有记录，要"
    return f"{short}未得满分，要"


def rule_words(one: IndicatorFacts) -> str:
    """The way of counting in one sentence, for the notes under a table of points."""
    full, unit = plain(one.full), one.unit or "次"
    match one.method:
        case Method.FIRST_THEN_EACH:
            further = f"，每再有1{unit}加{plain(one.further or 0)}分" if one.further else ""
            return f"{one.name}：首{unit}{plain(one.first or 0)}分{further}，最多{full}分"
        case Method.TARGET:
            target = f"{plain(one.target or 0)}{unit}"
            return f"{one.name}：{one.metric_name}÷{target}×{full}分，最多{full}分"
        case Method.RATIO:
            return f"{one.name}：{one.metric_name}÷{one.base_name}×{full}分"
        case Method.DEDUCTION:
            return f"{one.name}：{full}分，每{one.unit}扣{plain(one.first or 0)}分，扣完为止"
        case _:
            return f"{one.name}：{one.metric_name}的平均分，最多{full}分"


def rules_note(facts: SheetFacts) -> Note:
    return Note("计分办法：" + "；".join(map(rule_words, facts.indicators)) + "。")


def edges(facts: SheetFacts, shares: Sequence[int]) -> list[Decimal]:
    """Bounds of the bands, from the highest down, as shares of the full mark in per cent."""
    return [facts.full * share / 100 for share in shares]


def bands(totals: Iterable[Decimal], bounds: Sequence[Decimal]) -> list[tuple[str, int]]:
    """How many totals lie in each band; ``bounds`` from the highest down."""
    given = list(totals)
    found = []
    upper: Decimal | None = None
    for bound in bounds:
        count = sum(1 for t in given if t >= bound and (upper is None or t < upper))
        above = f"{plain(bound)}分及以上"
        found.append((above if upper is None else f"{plain(bound)}—{plain(upper)}分以下", count))
        upper = bound
    rest = sum(1 for t in given if upper is not None and t < upper)
    return [*found, (f"{plain(upper or 0)}分以下", rest)]


def bands_table(facts: SheetFacts, words: Words, bounds: Sequence[Decimal]) -> Table:
    totals = [subject.total for subject in facts.scored if subject.total is not None]
    return Table(
        caption=f"{words.noun}得分分布",
        columns=(
            Column("分数段", 44),
            Column(f"{words.noun}数", 28, "figure"),
            Column("占比", 28, "figure"),
        ),
        rows=tuple(
            (label, str(count), f"{Rate(count, len(totals)).percent or 0}%")
            for label, count in bands(totals, bounds)
        ),
        is_small=True,
    )
