"""The yearly report of handling (代表法 §51): figures, problems named, promises."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from congress_portal.core.charts import Bar, horizontal_bars
from congress_portal.core.documents.blocks import (
    Annex,
    Block,
    Column,
    Figure,
    Head,
    Heading,
    Note,
    OfficialPaper,
    Pair,
    Paragraph,
    Table,
    ems,
)
from congress_portal.core.models import Region
from suggestions.enums import Kind, LetterPart, PromiseState
from suggestions.models import HandlingRule, Promise, Suggestion
from suggestions.reports.wording import (
    ORDINALS,
    committee_of,
    date_words,
    numbered,
    office_of,
    short_date,
    wordings,
)
from suggestions.selectors import (
    Case,
    KeyProgress,
    LeagueLine,
    Rates,
    YearReport,
    cases_of,
    key_suggestions,
    league_table,
    promise_ledger,
    rates_of,
    year_report,
)

_RATES = (
    ("答复率", "replied"),
    ("按时率", "on_time"),
    ("办结率", "closed"),
    ("A类率", "solved"),
    ("满意率", "satisfied"),
)
_MEANINGS = (
    "答复率＝已答复÷交办；按时率＝第一次答复在期限内÷已答复；办结率＝办结÷交办；"
    "A类率＝A类÷已答复；满意率＝满意和基本满意÷已评价。括号内是件数，按主办单位计算。"
)
_NAMED = 6
_BARS = 9


@dataclass(frozen=True)
class GroupRates:
    """Rates of one category of the suggestions."""

    name: str
    rates: Rates


@dataclass(frozen=True)
class YearFacts:
    """One congress's year; ``day`` is when the figures were taken."""

    region: Region
    day: dt.date
    report: YearReport
    cases: tuple[Case, ...]
    groups: tuple[GroupRates, ...]
    key: KeyProgress
    key_units: dict[int, str]
    promises: tuple[Promise, ...]
    league: tuple[LeagueLine, ...]

    @property
    def late(self) -> list[Case]:
        """First replies after their limit, and none although the limit is past."""
        return [
            case
            for case in self.cases
            if (case.first and not case.is_on_time) or (case.first is None and self._past(case))
        ]

    def _past(self, case: Case) -> bool:
        due = case.suggestion.due_on
        return due is not None and due < self.day


def year_facts(rows: QuerySet[Suggestion], region: Region, year: int, day: dt.date) -> YearFacts:
    """``rows`` is scoped by the caller; only those of ``region`` and ``year`` count."""
    own = rows.filter(region=region, year=year)
    rule = HandlingRule.objects.all().of(region)
    cases = cases_of(own)
    fields = dict(own.values_list("pk", "field__name"))
    by_field: dict[str, list[Case]] = {}
    for case in cases:
        by_field.setdefault(fields[case.suggestion.pk] or "未分类", []).append(case)
    groups = [GroupRates(name, rates_of(found)) for name, found in by_field.items()]
    ledger = promise_ledger(own).filter(state=PromiseState.OPEN)
    return YearFacts(
        region=region,
        day=day,
        report=year_report(rows.filter(region=region), year),
        cases=tuple(cases),
        groups=tuple(sorted(groups, key=lambda g: (-g.rates.handed_over, g.name))),
        key=key_suggestions(own, rule),
        key_units={case.suggestion.pk: str(case.part.unit) for case in cases},
        promises=tuple(ledger),
        league=tuple(league_table(own, rule, day)),
    )


def year_paper(facts: YearFacts) -> OfficialPaper:
    """Figures side by side with their denominators; nobody is praised without one."""
    report = facts.report
    say = wordings({"人大机关": office_of(facts.region)})
    blocks: list[Block] = [
        Paragraph(_lead(facts)),
        _overview(facts),
        Heading("一、基本情况"),
        *map(Paragraph, _basics(facts)),
        Heading("二、办理结果"),
        *map(Paragraph, _results(facts)),
        Heading("三、重点督办和承诺跟踪"),
        *map(Paragraph, _follow_up(facts)),
        Heading("四、存在问题"),
        *_problems(facts),
        Heading("五、下一步工作"),
        *map(Paragraph, numbered(say.lines(LetterPart.YEAR_NEXT))),
    ]
    head = Head(
        issuer=office_of(facts.region),
        title_pieces=(
            "关于",
            f"{facts.region.name}{report.year}年",
            "代表建议",
            "办理情况",
            "的报告",
        ),
        date_text=date_words(facts.day),
        addressee=committee_of(facts.region),
        number=f"〔{facts.day.year}〕　　号",
    )
    return OfficialPaper(head, tuple(blocks), tuple(_annexes(facts)))


def _lead(facts: YearFacts) -> str:
    report, rates = facts.report, facts.report.rates
    motions = f"、议案{report.motions}件" if report.motions else ""
    return (
        f"{report.year}年，{facts.region.name}人大共收到代表建议"
        f"{report.total - report.motions}件{motions}，交办{rates.handed_over}件。"
        f"截至{date_words(facts.day)}，答复率{rates.replied}，满意率{rates.satisfied}，"
        f"A类率{rates.solved}。现将办理情况报告如下："
    )


def _overview(facts: YearFacts) -> Block:
    rates = facts.report.rates
    table = Table(
        "办理情况",
        (Column("指标", 40, "name"), Column("比率", 30, "figure"), Column("件数", 30, "figure")),
        tuple((label, _percent(rates, name), _counts(rates, name)) for label, name in _RATES),
        is_small=True,
    )
    bars = [
        Bar(line.unit.short_name or line.unit.name, Decimal(line.rates.handed_over))
        for line in facts.report.units[:_BARS]
    ]
    label = max((ems(bar.name) for bar in bars), default=0)
    width = max(60, round(230 - 12 * label))
    chart = horizontal_bars(bars, title="各单位主办件数", unit="件", width=width, step=13, places=0)
    caption = "各单位主办件数" if len(facts.report.units) <= _BARS else f"主办最多的{_BARS}个单位"
    return Pair(table, Figure(caption, chart))


def _percent(rates: Rates, name: str) -> str:
    percent = getattr(rates, name).percent
    return "—" if percent is None else f"{percent}%"


def _counts(rates: Rates, name: str) -> str:
    rate = getattr(rates, name)
    return f"{rate.part}/{rate.whole}"


def _basics(facts: YearFacts) -> list[str]:
    report = facts.report
    states = "，".join(f"{label}{count}件" for label, count in report.states.items())
    groups = "、".join(f"{g.name}{g.rates.handed_over}件" for g in facts.groups[:_NAMED])
    more = f"等{len(facts.groups)}类" if len(facts.groups) > _NAMED else ""
    texts = [f"按所处阶段分：{states}。"] if states else []
    if groups:
        texts.append(f"按内容分，交办的有{groups}{more}。")
    counted = (
        ("并案办理", report.merged),
        ("审核时退回修改", report.returned),
        ("延期答复", report.extended),
    )
    more = "，".join(f"{name}{count}件" for name, count in counted if count)
    texts.append(f"由{len(report.units)}个单位主办{f'，{more}' if more else ''}。")
    return texts


def _results(facts: YearFacts) -> list[str]:
    rates = facts.report.rates
    listed = "，".join(f"{code}类{count}件" for code, count in rates.by_class.items())
    texts = [
        f"已答复{rates.replied.part}件，按时答复{rates.on_time}。按办理结果分：{listed}。",
        f"代表已评价{rates.satisfied.whole}件，满意和基本满意{rates.satisfied}；"
        f"办结{rates.closed}。",
    ]
    if facts.report.redone:
        texts.append(
            f"重新办理{facts.report.redone}件，其中已再次答复{facts.report.second_replies}件。"
        )
    return texts


def _follow_up(facts: YearFacts) -> list[str]:
    key = facts.key
    count = len(key.suggestions)
    words = f"确定重点督办{count}件，已开展督办{key.supervised}件。"
    if key.missing:
        words += f"每年不少于{key.least}件，还差{key.missing}件。"
    late = [promise for promise in facts.promises if _promise_late(promise, facts.day)]
    open_words = f"答复中承诺、尚未兑现的事项{len(facts.promises)}项"
    open_words += f"，其中逾期{len(late)}项，见附件。" if facts.promises else "。"
    return [words, open_words]


def _promise_late(promise: Promise, day: dt.date) -> bool:
    return any(due is not None and due < day for due in (promise.due_on, promise.next_report_on))


def _problems(facts: YearFacts) -> list[Paragraph]:
    report = facts.report
    rated_low = [case for case in facts.cases if case.suggestion in set(report.unsatisfied)]
    waiting = [case for case in facts.cases if case.last is None]
    parts = [
        ("没有答复", waiting),
        ("逾期答复或者逾期未答复", facts.late),
        ("代表不满意", rated_low),
        ("列为C类、D类", [case for case in facts.cases if case.class_code in ("C", "D")]),
    ]
    found = [(name, cases) for name, cases in parts if cases]
    if not found:
        return [Paragraph("没有逾期、没有答复或者代表不满意的件。")]
    return [
        Paragraph(
            lead=f"（{ORDINALS[number]}）{name}的{len(cases)}件。",
            text=f"{_by_units(cases)}；编号：{_numbers(cases)}。",
        )
        for number, (name, cases) in enumerate(found)
    ]


def _by_units(cases: Iterable[Case]) -> str:
    """Units by how many, the most first: problems are named."""
    counts: dict[str, int] = {}
    for case in cases:
        counts[str(case.part.unit)] = counts.get(str(case.part.unit), 0) + 1
    listed = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    named = "、".join(f"{name}{count}件" for name, count in listed[:_NAMED])
    return named + (f"等{len(listed)}个单位" if len(listed) > _NAMED else "")


def _numbers(cases: Sequence[Case]) -> str:
    return "、".join(case.suggestion.number for case in cases)


def _annexes(facts: YearFacts) -> Iterable[Annex]:
    units = [(line.unit.name, line.rates) for line in facts.report.units]
    yield Annex(
        "各承办单位办理情况", (Note(_MEANINGS), _rates_table("承办单位", units)), is_wide=True
    )
    groups = [(group.name, group.rates) for group in facts.groups]
    yield Annex("各类建议办理情况", (Note(_MEANINGS), _rates_table("类别", groups)), is_wide=True)
    if facts.league:
        yield Annex("承办单位考评得分和算式", (_league_table(facts.league),), is_wide=True)
    if facts.key.suggestions:
        yield Annex("重点督办建议", (_key_table(facts),), is_wide=True)
    if facts.promises:
        yield Annex("尚未兑现的承诺", (_promise_table(facts),), is_wide=True)


def _rates_table(name: str, lines: Sequence[tuple[str, Rates]]) -> Table:
    columns = (
        Column(name, 19, "name"),
        Column("交办", 5, "figure"),
        *(Column(label, 12, "figure") for label, _ in _RATES),
        *(Column(f"{code}类", 4, "figure") for code in "ABCD"),
    )
    rows = tuple(
        (
            label,
            str(rates.handed_over),
            *(str(getattr(rates, attribute)) for _, attribute in _RATES),
            *(str(rates.by_class.get(code, 0)) for code in "ABCD"),
        )
        for label, rates in lines
    )
    return Table("", columns, rows, is_small=True)


def _league_table(league: Sequence[LeagueLine]) -> Table:
    columns = (
        Column("名次", 6),
        Column("承办单位", 24, "name"),
        Column("怎样得出", 60, "name"),
        Column("得分", 10, "figure"),
    )
    rows = tuple(
        (
            str(line.rank or "—"),
            line.unit.name,
            line.formula or "没有答复，不计分",
            "—" if line.total is None else str(line.total),
        )
        for line in league
    )
    return Table("", columns, rows, is_small=True)


def _key_table(facts: YearFacts) -> Table:
    columns = (
        Column("编号", 8),
        Column("标题", 38, "name"),
        Column("领衔督办", 12),
        Column("主办单位", 22, "name"),
        Column("督办次数", 10, "figure"),
        Column("状态", 10),
    )
    rows = tuple(
        (
            item.number,
            f"［议案］{item.title}" if item.kind == Kind.MOTION else item.title,
            str(item.leading_member or "—"),
            facts.key_units.get(item.pk, "—"),
            str(item.supervision_count),  # type: ignore[attr-defined]
            item.get_state_display(),
        )
        for item in facts.key.suggestions
    )
    return Table("", columns, rows, is_small=True)


def _promise_table(facts: YearFacts) -> Table:
    columns = (
        Column("编号", 8),
        Column("标题", 26, "name"),
        Column("承诺事项", 28, "name"),
        Column("承办单位", 16, "name"),
        Column("完成期限", 11),
        Column("下次报告", 11),
    )
    rows = tuple(
        (
            promise.suggestion.number,
            promise.suggestion.title,
            promise.content,
            promise.reply.handling.unit.name,
            short_date(promise.due_on),
            short_date(promise.next_report_on),
        )
        for promise in facts.promises
    )
    return Table("", columns, rows, is_small=True)
