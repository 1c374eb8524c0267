"""The annexes: everybody's points line by line, and where each point was lost."""

from congress_portal.core.documents.blocks import Annex, Block, Column, Note, Table
from congress_portal.evaluations.points import plain
from congress_portal.evaluations.reports.facts import LineFacts, SheetFacts, SubjectFacts
from congress_portal.evaluations.reports.wording import (
    Words,
    points,
    previous_words,
    rules_note,
    signed,
)


def detail_annex(facts: SheetFacts, words: Words) -> Annex:
    """All subjects by rank with the points of each indicator (landscape)."""
    with_history = facts.has_history
    lines = len(facts.indicators)
    tail = (3 if with_history else 1) + facts.has_grades
    by_place = len(facts.places) > 1
    name, place = 22, 7 if by_place else 0
    cell = (100 - 4 - name - place - tail * 6) // lines
    columns = [Column("名次", 4), Column(words.noun, name, "name")]
    columns += [Column("所属", place)] if by_place else []
    columns += [
        Column(f"{one.name}（{plain(one.full)}）", cell, "figure") for one in facts.indicators
    ]
    columns += [Column("总分", 6, "figure")]
    columns += [Column("等次", 6)] if facts.has_grades else []
    if with_history:
        columns += [Column(previous_words(facts), 6, "figure"), Column("升降", 6, "figure")]
    rows = [_detail_row(facts, one, by_place) for one in _in_order(facts)]
    table = Table("", tuple(columns), tuple(rows), is_small=True)
    blocks: list[Block] = [rules_note(facts), table]
    if len(facts.scored) < len(facts.subjects):
        blocks.append(Note("“—”表示没有可计的数据，不计此项；总分按其余各项折算。"))
    return Annex(f"{facts.period.label}{words.noun}考评得分明细表", tuple(blocks), is_wide=True)


def _in_order(facts: SheetFacts) -> list[SubjectFacts]:
    rest = [subject for subject in facts.subjects if subject.rank is None]
    return [*facts.ranked, *rest]


def _detail_row(facts: SheetFacts, subject: SubjectFacts, by_place: bool) -> tuple[str, ...]:
    row = [str(subject.rank or "—"), subject.label]
    row += [subject.place] if by_place else []
    row += [points(line.points) for line in subject.lines]
    row.append(points(subject.total))
    row += [subject.grade or "—"] if facts.has_grades else []
    if facts.has_history:
        row += [points(subject.before), signed(subject.change)]
    return tuple(row)


def deduction_annex(facts: SheetFacts, words: Words) -> Annex:
    """Every line that cost points or was left out: the sum in words, points, loss."""
    rows: list[tuple[str, ...]] = []
    clean = []
    for subject in _in_order(facts):
        if subject.total is None:
            continue
        told = [line for line in subject.lines if line.lost > 0 or line.points is None]
        if not told:
            clean.append(subject.label)
            continue
        rows.append((_heading(subject),))
        rows += [_deduction_row(line) for line in told]
        if "×" in subject.formula:
            rows.append(("总分", subject.formula, points(subject.total), ""))
    columns = (
        Column("指标", 18, "name"),
        Column("怎样得出", 62, "name"),
        Column("得分", 10, "figure"),
        Column("扣分", 10, "figure"),
    )
    blocks: list[Block] = [Table("", columns, tuple(rows), is_small=True)]
    if clean:
        blocks.append(Note(f"没有扣分的{words.noun}：{'、'.join(clean)}。"))
    if len(facts.scored) < len(facts.subjects):
        none = "、".join(one.label for one in facts.subjects if one.total is None)
        blocks.append(Note(f"没有可计数据、不计总分的{words.noun}：{none}。"))
    return Annex("扣分逐项说明", tuple(blocks))


def _heading(subject: SubjectFacts) -> str:
    place = f"第{subject.rank}名　" if subject.rank else ""
    number = f"（{subject.key}）" if subject.key != subject.label else ""
    return f"{place}{subject.label}{number}　{points(subject.total)}分，扣{points(subject.lost)}分"


def _deduction_row(line: LineFacts) -> tuple[str, ...]:
    if line.points is None:
        return (line.indicator, line.formula, "—", "—")
    return (line.indicator, line.formula, points(line.points), points(line.lost))


def persons_annex(facts: SheetFacts) -> Annex:
    """Deputies by town and register: beside each count the points it gave; unranked."""
    cell = (100 - 12 - 8 - 8) // len(facts.indicators)
    columns = [Column("代表", 12, "name")]
    columns += [
        Column(f"{one.name}（{plain(one.full)}）", cell, "figure") for one in facts.indicators
    ]
    columns += [Column("总分", 8, "figure"), Column("未得分", 8, "figure")]
    rows: list[tuple[str, ...]] = []
    parts: list[str] = []
    for place in facts.places:
        rows.append((f"{place.name}　{len(place.subjects)}名代表，平均{points(place.mean)}分",))
        for subject in place.subjects:
            cells = [_count_and_points(line) for line in subject.lines]
            rows.append((subject.label, *cells, points(subject.total), points(subject.lost)))
            parts += _part_of_period(subject)
    blocks: list[Block] = [
        rules_note(facts),
        Note("每格左边是计数，右边是得分；未得分＝满分－得分。按镇街和名册次序排列，不排名次。"),
        Table("", tuple(columns), tuple(rows), is_small=True),
    ]
    if parts:
        blocks.append(Note("在任不满全期、按在任天数计算的：" + "；".join(parts) + "。"))
    return Annex(f"{facts.period.label}代表履职得分明细表", tuple(blocks), is_wide=True)


def _count_and_points(line: LineFacts) -> str:
    if line.points is None:
        return "—"
    if line.denominator is not None:
        return f"{plain(line.value or 0)}/{plain(line.denominator)}　{line.points:.2f}"
    return f"{plain(line.value or 0)}　{line.points:.2f}"


def _part_of_period(subject: SubjectFacts) -> list[str]:
    return [
        f"{subject.label}（{subject.place}）{line.indicator}：{line.formula}"
        for line in subject.lines
        if "在任" in line.formula
    ]
