"""One page for one subject: the total, then each line with its sum in words."""

from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.db.models import QuerySet

from congress_portal.core.documents.blocks import Column, Table
from congress_portal.core.enums import RegionLevel
from congress_portal.core.models import Region
from congress_portal.core.periods import Period
from congress_portal.evaluations.models import Score
from congress_portal.evaluations.points import plain
from congress_portal.evaluations.reports.wording import points
from congress_portal.evaluations.selectors import scores_in_full


@dataclass(frozen=True)
class SubjectPage:
    label: str
    place: str
    total: str
    rank: str
    formula: str
    table: Table
    notes: tuple[str, ...]


@dataclass(frozen=True)
class SubjectSheets:
    """One or many pages of one sheet; each page is its own sheet of paper."""

    title: str
    author: str
    about: str
    pages: tuple[SubjectPage, ...]
    template: ClassVar[str] = "evaluations/pdf/subject_sheets.html"
    stylesheets: ClassVar[tuple[str, ...]] = ("css/pdf/subject_sheets.css",)


def subject_sheets(scores: QuerySet[Score]) -> SubjectSheets:
    """Pages for scores of one sheet, in their order; raises Score.DoesNotExist for none."""
    rows = scores_in_full(scores).select_related("region", "sheet__scheme")
    found = list(rows)
    if not found:
        raise Score.DoesNotExist("no scores to print")
    sheet = found[0].sheet
    period = Period(sheet.first_day, sheet.last_day, sheet.period_code)
    county = Region.objects.filter(level=RegionLevel.COUNTY).values_list("name", flat=True).first()
    name = sheet.scheme_data["name"]
    version = sheet.paper_mark or f"第{sheet.version}版"
    only = f"：{found[0].label}" if len(found) == 1 else ""
    return SubjectSheets(
        title=f"{name}得分单（{period.label}）{only}",
        author=settings.PORTAL_OFFICE or f"{county or ''}人大常委会代表工作委员会",
        about=f"{name}得分单　{period.label}　{version}",
        pages=tuple(map(_page, found)),
    )


def _page(score: Score) -> SubjectPage:
    lines = list(score.lines.all())
    return SubjectPage(
        label=score.label,
        place=score.region.name if score.region else "",
        total=f"{points(score.total)}（{score.grade}）" if score.grade else points(score.total),
        rank=str(score.rank) if score.rank else "",
        formula=score.formula,
        table=Table(
            "",
            (
                Column("指标", 20, "name"),
                Column("满分", 8, "figure"),
                Column("怎样得出", 52, "name"),
                Column("得分", 10, "figure"),
                Column("未得分", 10, "figure"),
            ),
            tuple(
                (
                    line.indicator,
                    plain(line.full),
                    line.formula,
                    points(line.points),
                    points(None if line.points is None else line.full - line.points),
                )
                for line in lines
            ),
        ),
        notes=tuple(
            f"{line.indicator}：{told}"
            for line in lines
            for told in (line.note, *line.spread)
            if told
        ),
    )
