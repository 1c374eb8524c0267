"""The 通报 of a locked campaign (GB/T 9704—2012) and the year's workbook for 绩效办 (M38–M40)."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.utils import timezone

from congress_portal.core.documents.blocks import (
    Annex,
    Block,
    Column,
    Head,
    Heading,
    Note,
    OfficialPaper,
    Paragraph,
    Table,
)
from congress_portal.core.documents.pdf import render_html, render_pdf
from congress_portal.core.documents.xlsx import Field, Sheet, workbook_bytes
from stations.enums import CampaignKind, StandardSubject
from stations.models import InspectionCampaign, Objection, SheetLine
from stations.selectors.campaigns import (
    LostPoints,
    PlaceResult,
    Results,
    deductions,
    lost_by_item,
    results_of,
)
from stations.selectors.years import PARTS, YearBook, YearLine

_FEW = 5
_TOWN_COLUMNS = (
    Column("名次", 14, "figure"),
    Column("镇（街道）", 36, "name"),
    Column("考评处数", 22, "figure"),
    Column("平均得分", 28, "figure"),
)
_LOST_COLUMNS = (
    Column("镇（街道）", 15, "name"),
    Column("家站", 23, "name"),
    Column("考评组", 14, "name"),
    Column("项目", 18, "name"),
    Column("扣分", 9, "figure"),
    Column("原因", 21, "name"),
)


@dataclass(frozen=True)
class BulletinFacts:
    campaign: InspectionCampaign
    results: Results
    lost: list[LostPoints]
    lines: list[SheetLine]
    objections: int
    upheld: int
    day: dt.date

    @property
    def is_of_stations(self) -> bool:
        return self.campaign.standard.subject == StandardSubject.STATION

    @property
    def unit(self) -> str:
        return "个家站" if self.is_of_stations else "个镇（街道）"


def bulletin_facts(campaign: InspectionCampaign) -> BulletinFacts:
    """All of a locked campaign; its day is that of the lock."""
    objections = Objection.objects.filter(sheet__assignment__team__campaign=campaign)
    stamp = campaign.locked_at or timezone.now()
    return BulletinFacts(
        campaign=campaign,
        results=results_of(campaign),
        lost=lost_by_item(campaign),
        lines=list(deductions(campaign)),
        objections=objections.count(),
        upheld=objections.filter(new_deduction__isnull=False).count(),
        day=timezone.localdate(stamp),
    )


def bulletin_paper(facts: BulletinFacts) -> OfficialPaper:
    campaign = facts.campaign
    is_year = campaign.kind == CampaignKind.YEAR_END
    about = ("家站", "年终检查") if is_year else ("家站", "交叉考评")
    if not facts.is_of_stations:
        about = ("镇街人大工作", *about[1:])
    head = Head(
        issuer=settings.PORTAL_OFFICE or f"{campaign.region}人大常委会代表工作委员会",
        title_pieces=("关于", campaign.period.label, *about, "情况的通报"),
        date_text=_day(facts.day),
        addressee="各镇（街道）人大",
        number=f"〔{facts.day.year}〕　　号",
    )
    blocks: list[Block] = [
        Paragraph(_lead(facts)),
        Heading("一、考评情况"),
        Paragraph(_how(facts)),
        Heading("二、考评结果"),
        *_outcome(facts),
        Heading("三、存在问题"),
        *_faults(facts),
        Heading("四、整改要求"),
        Paragraph(_demand(facts)),
    ]
    return OfficialPaper(head, tuple(blocks), _annexes(facts))


def _lead(facts: BulletinFacts) -> str:
    campaign, spread = facts.campaign, facts.results.spread
    words = (
        f"{_day(campaign.opens_on)}至{_day(campaign.closes_on)}，县人大常委会组织"
        f"{len(facts.results.teams)}个考评组，对{len(facts.results.places)}{facts.unit}进行了"
        f"{campaign.get_kind_display()}。"
    )
    if spread is None:
        return words
    return (
        f"{words}满分{_plain(facts.results.full)}分，平均{spread.mean}分，"
        f"最高{spread.highest}分，最低{spread.lowest}分。现将结果通报如下。"
    )


def _how(facts: BulletinFacts) -> str:
    campaign = facts.campaign
    each = campaign.teams_per_place
    several = f"每处由{each}个组分别打分，取平均数。" if each > 1 else "每处由一个组打分。"
    heard = "没有收到异议。"
    if facts.objections:
        heard = f"收到异议{facts.objections}件，经核实改分{facts.upheld}件。"
    return (
        f"考评依据「{campaign.standard}」，各组不考评成员所在的镇（街道）和家站。{several}"
        f"评分公开后，被考评的地方可在{campaign.objection_days}个工作日内提出异议，{heard}"
    )


def _outcome(facts: BulletinFacts) -> list[Block]:
    found: list[Block] = []
    if facts.is_of_stations and facts.results.towns:
        rows: tuple[tuple[str, ...], ...] = tuple(
            (str(town.rank), town.region.name, str(town.places), str(town.mean))
            for town in facts.results.towns
        )
        found += [Paragraph("各镇（街道）家站的平均得分如下，各家站得分见附件1。")]
        found += [Table("各镇（街道）得分", _TOWN_COLUMNS, rows)]
    else:
        columns = _place_columns(facts)
        rows = tuple(_place_row(place, facts) for place in facts.results.places)
        found.append(Table("考评得分", columns, rows))
    spread = facts.results.spread
    if spread is not None:
        below = _names([place.name for place in spread.below])
        told = f"低于{spread.line}分的有{len(spread.below)}处：{below}。" if spread.below else ""
        found.append(
            Paragraph(f"最高与最低相差{spread.width}分，标准差{spread.deviation}分。{told}")
        )
    found.append(Note("得分相同的名次并列；平均数四舍五入到 0.01 分。"))
    return found


def _faults(facts: BulletinFacts) -> list[Block]:
    if not facts.lost:
        return [Paragraph("各处都没有扣分。")]
    ordinals = "一二三四五"
    return [
        Paragraph(
            f"有{row.count}处在这一项上扣分，共扣{_plain(row.lost)}分。",
            lead=f"（{ordinals[number]}）{row.name}。",
        )
        for number, row in enumerate(facts.lost[:_FEW])
    ]


def _demand(facts: BulletinFacts) -> str:
    if not facts.lost:
        return "请继续保持，按标准做好日常工作。"
    return (
        f"扣分的项目都已列入整改，请于{_day(facts.campaign.rectify_by)}前整改到位，"
        "在平台上报送整改情况；县人大常委会将逐项复查、合格后销号。"
    )


def _annexes(facts: BulletinFacts) -> tuple[Annex, ...]:
    found = []
    if facts.is_of_stations:
        rows = tuple(_place_row(place, facts) for place in facts.results.places)
        table = Table("", _place_columns(facts), rows, is_small=True)
        found.append(Annex("各家站得分", (table,)))
    if facts.lines:
        rows = tuple(_lost_row(line) for line in facts.lines)
        table = Table("", _LOST_COLUMNS, rows, is_small=True)
        found.append(Annex("扣分明细", (table,), is_wide=True))
    return tuple(found)


def _place_columns(facts: BulletinFacts) -> tuple[Column, ...]:
    several = facts.results.has_several_teams
    station = (Column("家站", 30, "name"),) if facts.is_of_stations else ()
    widths = (10, 20 if station else 50, 40 if several else 20)
    middle = (Column("各组评分", 20, "name"), Column("相差", 9, "figure")) if several else ()
    columns = (
        Column("名次", widths[0], "figure"),
        Column("镇（街道）", widths[1], "name"),
        *station,
        *middle,
        Column("得分", 11, "figure"),
    )
    spare = 100 - sum(column.width for column in columns)
    widest = max(range(len(columns)), key=lambda n: columns[n].width)
    return tuple(
        Column(c.title, c.width + (spare if n == widest else 0), c.align)
        for n, c in enumerate(columns)
    )


def _place_row(place: PlaceResult, facts: BulletinFacts) -> tuple[str, ...]:
    station = (place.name,) if facts.is_of_stations else ()
    marks = "、".join(str(mark.score) for mark in place.marks)
    spread = "—" if place.spread is None else str(place.spread)
    several = (marks, spread) if facts.results.has_several_teams else ()
    return (str(place.rank), place.region.name, *station, *several, str(place.mean))


def _lost_row(line: SheetLine) -> tuple[str, ...]:
    place = line.sheet.assignment
    return (
        place.region.name,
        line.sheet.place if place.station else "—",
        place.team.name,
        line.name,
        _plain(line.deduction),
        line.reason,
    )


def _names(names: list[str]) -> str:
    listed = "、".join(names[:_FEW])
    return f"{listed}等" if len(names) > _FEW else listed


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def paper_bytes(paper: OfficialPaper, kind: str) -> bytes:
    """``kind`` pdf or docx. Raises PdfError where fonts are missing."""
    if kind == "pdf":
        return render_pdf(render_html(paper))
    # Reason for the inline import: python-docx costs 0.2 s, and few requests write Word.
    from congress_portal.core.documents.docx import official_docx  # noqa: PLC0415

    return official_docx(paper)


def year_workbook(book: YearBook) -> bytes:
    """A sheet of towns and one of stations; figures of 100 and the points for 绩效考核."""
    title = f"{book.county}{book.year}年家站考评年度结果"
    shares = list(zip(PARTS, book.shares, strict=True))
    fields = [
        Field("名次", 5),
        Field("镇（街道）", 10),
        *(Field(f"{name}（{share}%）", 7) for name, share in shares),
        Field("年度得分", 7),
        Field("等次", 6),
        Field(f"绩效折算（满分{_plain(book.weights.performance_full)}）", 9),
        Field("说明", 16),
    ]
    stations = [*fields[:2], Field("家站", 16), *fields[2:]]
    return workbook_bytes(
        Sheet("镇街", fields, [_year_row(line) for line in book.towns], title),
        Sheet("家站", stations, [_year_row(line) for line in book.stations], title),
        author=settings.PORTAL_OFFICE or str(book.county),
    )


def _year_row(line: YearLine) -> list[object]:
    station = [line.name] if line.station else []
    missing = f"缺{'、'.join(line.missing)}，没有年度得分" if line.missing else ""
    return [
        line.rank or None,
        line.region.name,
        *station,
        *line.parts,
        line.figure,
        line.grade,
        line.performance,
        missing,
    ]
