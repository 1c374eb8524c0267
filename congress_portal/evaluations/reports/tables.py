"""The tables of a 通报: places, ranks, rates and who took part."""

from congress_portal.core.documents.blocks import Column, Table
from congress_portal.core.figures import Rate
from congress_portal.evaluations.enums import Method
from congress_portal.evaluations.points import plain
from congress_portal.evaluations.reports import wording as say
from congress_portal.evaluations.reports.facts import PlaceFacts, SheetFacts

_MOST_COLUMNS = 7  # indicators beside a name on an upright page


def place_table(facts: SheetFacts, words: say.Words) -> Table:
    columns = [Column("镇街", 22, "name"), Column(f"{words.noun}数", 12, "figure")]
    columns += [Column("平均得分", 16, "figure")]
    if facts.has_history:
        columns += [Column(say.previous_words(facts), 14, "figure"), Column("升降", 12, "figure")]
    if facts.ranked:
        columns += [Column("最高", 12, "figure"), Column("最低", 12, "figure")]
    rows = [_place_row(facts, place) for place in facts.places]
    return Table(f"各镇街{words.noun}得分情况", tuple(columns), tuple(rows))


def _place_row(facts: SheetFacts, place: PlaceFacts) -> tuple[str, ...]:
    totals = [one.total for one in place.subjects if one.total is not None]
    row = [place.name, str(len(place.subjects)), say.points(place.mean)]
    if facts.has_history:
        has_both = place.mean is not None and place.before is not None
        change = place.mean - place.before if has_both else None  # type: ignore[operator]
        row += [say.points(place.before), say.signed(change)]
    if facts.ranked:
        row += [say.points(max(totals, default=None)), say.points(min(totals, default=None))]
    return tuple(row)


def rank_table(facts: SheetFacts, words: say.Words) -> Table:
    """Everybody's total, with the points of each indicator where a page has room for them."""
    shown = facts.indicators if len(facts.indicators) <= _MOST_COLUMNS else ()
    columns = [Column("名次", 8), Column(words.noun, 30, "name")]
    width = 48 // max(1, len(shown))
    columns += [Column(f"{one.name}（{plain(one.full)}）", width, "figure") for one in shown]
    columns.append(Column("总分", 14, "figure"))
    if facts.has_grades:
        columns.append(Column("等次", 12))
    rows = [
        (
            str(one.rank or "—"),
            one.label,
            *(say.points(line.points) for line in one.lines[: len(shown)]),
            say.points(one.total),
            *([one.grade or "—"] if facts.has_grades else []),
        )
        for one in facts.ranked or facts.subjects
    ]
    title = f"{words.noun}得分{'排名' if facts.ranked else ''}"
    return Table(title if shown else f"{title}（各项得分见附件1）", tuple(columns), tuple(rows))


def rates_table(facts: SheetFacts) -> Table:
    """Rates side by side with their denominators: no rate stands alone (DESIGN §5)."""
    ratios = {one.metric: one for one in facts.indicators if one.method == Method.RATIO}
    return Table(
        "办理情况",
        (Column("项目", 52, "name"), Column("比率", 48, "figure")),
        tuple((one.metric_name, str(one.rate)) for one in ratios.values()),
        is_small=True,
    )


def taking_part_table(facts: SheetFacts) -> Table:
    rows = []
    for one in facts.indicators:
        active = sum(1 for _, line in one.lines if line.value)
        if one.method != Method.RATIO:
            rows.append(
                (one.name, f"{plain(one.value)}{one.unit}", str(Rate(active, len(one.lines))))
            )
    columns = (
        Column("履职项目", 34, "name"),
        Column("合计", 26, "figure"),
        Column("有记录的代表", 40, "figure"),
    )
    return Table("代表参加各项履职的情况", columns, tuple(rows), is_small=True)
