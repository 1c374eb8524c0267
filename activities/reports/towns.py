"""Papers of the towns' registers: a rule for the wall (M34), a budget's expenses (M122)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from activities.models.support import Budget, Expense, RuleVersion
from congress_portal.core.documents.blocks import Column, FormPaper, Table
from congress_portal.core.documents.wording import date_words, office_of, paragraphs

SIZES = ("a4", "a3")
_FEW = 320  # characters that fill a sheet when they are set larger
_LEDGER = (
    Column("日期", 15),
    Column("用途", 27, "name"),
    Column("类别", 15),
    Column("凭证号", 13),
    Column("金额（元）", 15, "figure"),
    Column("结余（元）", 15, "figure"),
)


@dataclass(frozen=True)
class RuleWall:
    """A rule's version on A4 or A3; a short one is set larger, to be read from farther away."""

    title: str
    author: str
    place: str
    size: str
    paragraphs: tuple[str, ...]
    issuer: str
    date_text: str
    version: int
    template: ClassVar[str] = "activities/pdf/rule_wall.html"

    @property
    def is_short(self) -> bool:
        return sum(map(len, self.paragraphs)) <= _FEW

    @property
    def stylesheets(self) -> tuple[str, ...]:
        return ("css/pdf/rule_wall.css", f"css/pdf/rota_{self.size}.css")


def rule_wall(version: RuleVersion, size: str) -> RuleWall:
    document = version.document
    return RuleWall(
        title=document.title,
        author=office_of(document.region),
        place=str(document.station or ""),
        size=size,
        paragraphs=tuple(paragraphs(version.text)),
        issuer=version.issuer,
        date_text=date_words(version.effective_on),
        version=version.version,
    )


def ledger_paper(budget: Budget, rows: Sequence[Expense]) -> FormPaper:
    """代表活动经费支出明细 with the balance after each line; ``rows`` in the order of days."""
    left = budget.amount
    lines: list[tuple[str, ...]] = []
    for row in rows:
        left -= row.amount
        kind = row.kind.name if row.kind.is_proper else f"{row.kind.name}※"
        lines.append(
            (f"{row.spent_on}", row.purpose, kind, row.voucher, f"{row.amount}", f"{left}")
        )
    spent = budget.amount - left
    over = f"，超支 {-left} 元" if left < 0 else ""
    lines.append((f"预算 {budget.amount} 元，支出 {spent} 元，结余 {left} 元{over}",))
    holder = budget.station or budget.group or budget.region
    return FormPaper(
        title_pieces=(f"{budget.year}年{budget.title}", "支出明细"),
        author=office_of(budget.region),
        left=f"使用单位：{holder}",
        right="※不属于代表活动经费的支出",
        blocks=(Table("", _LEDGER, tuple(lines)),),
    )
