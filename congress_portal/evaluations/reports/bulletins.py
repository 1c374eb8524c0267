"""The quarterly 通报 of stations, units and deputies (RULES D5), written from a sheet's figures."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from django.conf import settings
from django.utils import timezone
from django.utils.safestring import SafeString

from congress_portal.core.charts import Bar, Series, heat_table, horizontal_bars, small_multiples
from congress_portal.core.documents.blocks import (
    Block,
    Column,
    Figure,
    Head,
    Heading,
    OfficialPaper,
    Pair,
    Paragraph,
    Table,
    ems,
)
from congress_portal.core.figures import Rate
from congress_portal.evaluations.enums import SubjectType
from congress_portal.evaluations.models import ScoreSheet
from congress_portal.evaluations.points import plain
from congress_portal.evaluations.reports import wording as say
from congress_portal.evaluations.reports.annexes import (
    deduction_annex,
    detail_annex,
    persons_annex,
)
from congress_portal.evaluations.reports.checkcode import check_block
from congress_portal.evaluations.reports.facts import (
    SheetFacts,
    SubjectFacts,
    facts_of,
)
from congress_portal.evaluations.reports.tables import (
    place_table,
    rank_table,
    rates_table,
    taking_part_table,
)

_RANKED_SHARES = (90, 80, 70, 60)  # per cent of the full mark
_PERSON_SHARES = (40, 20, 10)
_FEW_BARS = 9  # a chart beside the first table has room for so many bars
_TOP = 10


def bulletin_paper(
    sheet: ScoreSheet, *, number: str = "", day: dt.date | None = None
) -> OfficialPaper:
    """The whole 通报; ``number`` is the 发文字号 if it is known, ``day`` the 成文日期.

    Without a day it is that of publication, for a draft today.
    """
    facts = facts_of(sheet)
    write = _WRITERS[sheet.scheme_data["subject_type"]]
    paper = write(facts, _head(facts, number, day))
    *annexes, last = paper.annexes
    last = replace(last, blocks=(*last.blocks, *check_block(sheet)))
    return replace(paper, annexes=(*annexes, last))


def _head(facts: SheetFacts, number: str, day: dt.date | None) -> Head:
    stamp = facts.sheet.published_at
    day = day or (timezone.localdate(stamp) if stamp else timezone.localdate())
    about, addressee = {
        SubjectType.STATION: (("代表家站", "考评情况"), facts.town_words),
        SubjectType.UNIT: (("承办单位", "办理代表建议", "考评情况"), "各承办单位"),
        SubjectType.DEPUTY: (("人大代表", "履职情况"), facts.town_words),
        SubjectType.GROUP: (("代表小组", "活动考评情况"), facts.town_words),
        SubjectType.TOWN: (("镇街人大工作", "考评情况"), facts.town_words),
    }[facts.sheet.scheme_data["subject_type"]]
    version = facts.sheet.version
    amended = (f"（第{version}版）",) if version > 1 else ()
    return Head(
        issuer=settings.PORTAL_OFFICE or f"{facts.county}人大常委会代表工作委员会",
        title_pieces=("关于", facts.period.label, *about, "的通报", *amended),
        date_text=f"{day.year}年{day.month}月{day.day}日",
        addressee=addressee,
        number=number or f"〔{day.year}〕　　号",
        mark=facts.sheet.paper_mark,
    )


def _stations(facts: SheetFacts, head: Head) -> OfficialPaper:
    words = say.STATIONS
    pair = Pair(
        _bands(facts, words),
        _place_figure(facts, "各镇街平均得分"),
    )
    blocks: list[Block] = [
        Paragraph(_ranked_lead(facts, words)),
        pair,
        *_amendment(facts),
        Heading("一、基本情况"),
        say.basis(facts, words),
        say.inputs(facts, words),
        Heading("二、考评结果"),
        *_order_words(facts, words),
        place_table(facts, words),
        *_history_figure(facts),
        _heat_figure(facts),
        *_moves(facts, words),
        *_closing(facts, words, "各镇街"),
    ]
    annexes = (detail_annex(facts, words), deduction_annex(facts, words))
    return OfficialPaper(head, tuple(blocks), annexes)


def _units(facts: SheetFacts, head: Head) -> OfficialPaper:
    return _of_few(facts, head, say.UNITS, rates_table(facts))


def _groups(facts: SheetFacts, head: Head) -> OfficialPaper:
    words = say.GROUPS
    return _of_few(facts, head, words, _bands(facts, words))


def _towns(facts: SheetFacts, head: Head) -> OfficialPaper:
    words = say.TOWNS
    return _of_few(facts, head, words, _bands(facts, words))


def _bands(facts: SheetFacts, words: say.Words) -> Table:
    return say.bands_table(facts, words, say.edges(facts, _RANKED_SHARES))


def _of_few(facts: SheetFacts, head: Head, words: say.Words, table: Table) -> OfficialPaper:
    """Subjects few enough for one table of all of them; ``table`` stands beside their chart."""
    shown = facts.ranked or facts.scored
    bars = [Bar(one.label, one.total, is_marked=one.rank == 1) for one in shown[:_FEW_BARS]]
    all_shown = len(shown) <= _FEW_BARS
    caption = f"{words.noun}得分" if all_shown else f"前{_FEW_BARS}名得分"
    blocks: list[Block] = [
        Paragraph(_ranked_lead(facts, words)),
        Pair(table, Figure(caption, _beside(bars, caption, "得分", facts.full))),
        *_amendment(facts),
        Heading("一、基本情况"),
        say.basis(facts, words),
        say.inputs(facts, words),
        Heading("二、考评结果"),
        rank_table(facts, words),
        *_moves(facts, words),
        *_closing(facts, words, f"各{words.noun}"),
    ]
    annexes = (detail_annex(facts, words), deduction_annex(facts, words))
    return OfficialPaper(head, tuple(blocks), annexes)


def _deputies(facts: SheetFacts, head: Head) -> OfficialPaper:
    words = say.DEPUTIES
    pair = Pair(
        say.bands_table(facts, words, say.edges(facts, _PERSON_SHARES)),
        _place_figure(facts, "各镇街代表平均得分"),
    )
    blocks: list[Block] = [
        Paragraph(_person_lead(facts)),
        pair,
        *_amendment(facts),
        Heading("一、基本情况"),
        say.basis(facts, words),
        say.inputs(facts, words),
        Heading("二、考评结果"),
        Paragraph(
            "按照防治“指尖上的形式主义”的要求，本通报不对代表个人排名，得分只用于说明各项履职"
            "情况；代表个人的计数和得分见附件，依据可在平台“我的得分”中逐条查看。"
        ),
        taking_part_table(facts),
        place_table(facts, words),
        *_history_figure(facts),
        _heat_figure(facts),
        Heading("三、存在问题"),
        *say.person_problems(facts),
        Heading("四、下步要求"),
        *say.person_requests(facts, words),
        _appeal("各镇街"),
    ]
    if facts.ranked:
        return OfficialPaper(
            head, tuple(blocks), (detail_annex(facts, words), deduction_annex(facts, words))
        )
    return OfficialPaper(head, tuple(blocks), (persons_annex(facts),))


_WRITERS: dict[str, Callable[[SheetFacts, Head], OfficialPaper]] = {
    SubjectType.STATION: _stations,
    SubjectType.UNIT: _units,
    SubjectType.DEPUTY: _deputies,
    SubjectType.GROUP: _groups,
    SubjectType.TOWN: _towns,
}


def _ranked_lead(facts: SheetFacts, words: say.Words) -> str:
    """Two sentences that tell the result."""
    if facts.mean is None:
        return f"{facts.period.label}没有可计的数据，{facts.county}各{words.noun}不计总分。"
    change = say.change_words(facts.mean, facts.mean_before, say.previous_words(facts))
    totals = [one.total or Decimal(0) for one in facts.scored]
    high, *_, low = say.edges(facts, _RANKED_SHARES)
    good, poor = sum(t >= high for t in totals), sum(t < low for t in totals)
    first = (
        f"{facts.period.label}，{facts.county}{words.count(len(facts.scored))}平均得分"
        f"{facts.mean}分{change}；{plain(high)}分及以上{good}{words.measure}，{plain(low)}分以下{poor}{words.measure}。"
    )
    return f"{first}{_best(facts)}{_costliest(facts)}现通报如下："


def _best(facts: SheetFacts) -> str:
    top = [one for one in facts.ranked if one.rank == 1]
    return f"第一名为{say.names(top, most=1)}，" if top else ""


def _costliest(facts: SheetFacts) -> str:
    if not facts.by_loss:
        return "各项均无失分。"
    worst = facts.by_loss[0]
    return f"失分最多的是“{worst.name}”，占全部失分的{say.share(worst.lost, facts.lost)}。"


def _person_lead(facts: SheetFacts) -> str:
    totals = [one.total or Decimal(0) for one in facts.scored]
    active = sum(total > 0 for total in totals)
    change = say.change_words(facts.mean, facts.mean_before, say.previous_words(facts))
    return (
        f"{facts.period.label}，{facts.county}{len(facts.subjects)}名代表中{active}名有履职得分，"
        f"占{Rate(active, len(totals)).percent or 0}%，平均{say.points(facts.mean)}分{change}。"
        f"{_rarest(facts)}现通报如下："
    )


def _rarest(facts: SheetFacts) -> str:
    found = say.seldom(facts)
    if not found:
        return ""
    one = found[0]
    active = sum(1 for _, line in one.lines if line.value)
    return (
        f"有记录的代表最少的是“{one.name}”，{active}名，占{Rate(active, len(one.lines)).percent}%。"
    )


def _amendment(facts: SheetFacts) -> list[Block]:
    if not facts.sheet.reason:
        return []
    reason = facts.sheet.reason.rstrip("。；")
    return [Paragraph(f"本通报为第{facts.sheet.version}版，更正理由：{reason}。")]


def _place_figure(facts: SheetFacts, caption: str) -> Figure:
    places = sorted(facts.places, key=lambda place: -(place.mean or 0))
    best = places[0].mean if places else None
    bars = [Bar(one.name, one.mean, is_marked=one.mean == best) for one in places]
    top = max((one.mean or Decimal(0) for one in places), default=Decimal(1))
    return Figure(caption, _beside(bars, caption, "平均得分", top))


def _beside(bars: list[Bar], title: str, unit: str, top: Decimal) -> SafeString:
    """Bars for the right half of a Pair: 74 mm with names and figures."""
    label = max((ems(bar.name) for bar in bars), default=0)
    width = max(60, round(280 - 12 * label - 50))
    return horizontal_bars(bars, title=title, unit=unit, top=top, width=width, step=13)


def _order_words(facts: SheetFacts, words: say.Words) -> list[Block]:
    if not facts.ranked:
        return []
    first, last = facts.ranked[:_TOP], facts.ranked[-_TOP:]
    if len(facts.ranked) <= 2 * _TOP:
        return [Paragraph(f"按得分排列，依次为：{say.names(facts.ranked, most=2 * _TOP)}。")]
    side = (Column("名次", 8), Column(words.noun, 30, "name"), Column("得分", 12, "figure"))
    rows = zip(map(_rank_cells, first), map(_rank_cells, last), strict=True)
    return [
        Paragraph(f"名次在前{_TOP}位、后{_TOP}位的{words.noun}如下，全部名次见附件1。"),
        Table(
            f"前{_TOP}位和后{_TOP}位",
            (*side, *side),
            tuple((*left, *right) for left, right in rows),
            is_small=True,
        ),
    ]


def _rank_cells(subject: SubjectFacts) -> tuple[str, str, str]:
    return str(subject.rank), subject.label, say.points(subject.total)


def _history_figure(facts: SheetFacts) -> list[Block]:
    if not facts.has_history:
        return []
    steps = [_short_label(period.label) for period in facts.periods]
    series = [Series(place.name, place.history) for place in facts.places]
    caption = (
        f"各镇街平均得分变化（{facts.periods[0].label}至{facts.periods[-1].label}，各图同一刻度）"
    )
    columns = 5 if len(series) > 2 * 4 else 4
    chart = small_multiples(
        series,
        steps,
        title=caption,
        unit="平均得分",
        places=1,
        columns=columns,
        width=(590 - 14 * columns) // columns,
    )
    return [Figure(caption, chart)]


def _short_label(label: str) -> str:
    return label.split("年第")[-1] if "季度" in label else label


def _heat_figure(facts: SheetFacts) -> Figure:
    names = [one.name.split("（")[0][:8] for one in facts.indicators]
    rows = [
        Series(place.name, tuple(one.share_of_full(place.subjects) for one in facts.indicators))
        for place in facts.places
    ]
    caption = "各镇街各项指标得分率（%，底色越深得分率越高）"
    return Figure(caption, heat_table(rows, names, title=caption, width=500))


def _moves(facts: SheetFacts, words: say.Words) -> list[Block]:
    """Who rose and fell by ten points or more against the period before."""
    if not facts.has_history:
        return []
    moved = [one for one in facts.scored if one.change is not None]
    up = sorted((o for o in moved if (o.change or 0) >= 10), key=lambda o: -(o.change or 0))
    down = sorted((o for o in moved if (o.change or 0) <= -10), key=lambda o: o.change or 0)
    before = say.previous_words(facts)
    parts = [
        f"{verb}10分及以上的{words.count(len(found))}"
        + (
            f"（{'、'.join(f'{o.label}{say.moved(o.change)}' for o in found[:5])}"
            f"{'等' if len(found) > 5 else ''}）"
            if found
            else ""
        )
        for verb, found in (("上升", up), ("下降", down))
    ]
    return [Paragraph(f"与{before}相比，{'，'.join(parts)}。")]


def _closing(facts: SheetFacts, words: say.Words, whom: str) -> list[Block]:
    blocks: list[Block] = []
    if facts.by_loss:
        blocks += [Heading("三、存在问题"), *say.problems(facts, words)]
        blocks += [Heading("四、下步要求"), *say.requests(facts, words)]
    return [*blocks, _appeal(whom)]


def _appeal(whom: str) -> Paragraph:
    return Paragraph(
        f"{whom}要对照附件核对每一项扣分；对得分有疑问的，可在平台该项得分处提出，"
        "也可以书面报代表工作委员会复核。"
    )
