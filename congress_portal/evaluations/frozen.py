"""The data of a sheet as bytes, and the proof that it still follows from its inputs."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from congress_portal.evaluations.models import Score, ScoreLine, ScoreSheet
from congress_portal.evaluations.scoring import (
    Inputs,
    Scored,
    score_inputs,
    share_of,
)
from congress_portal.evaluations.selectors import Subject, as_points, scores_in_full


def digest_of(sheet: ScoreSheet, rows: Iterable[dict[str, Any]]) -> str:
    """SHA-256 of scheme, period and all rows in one canonical writing."""
    head = {
        "scheme": sheet.scheme_data,
        "period": [sheet.period_code, sheet.first_day.isoformat(), sheet.last_day.isoformat()],
    }
    content = {**head, "scores": list(rows)}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def stored_rows(sheet: ScoreSheet) -> list[dict[str, Any]]:
    scores = scores_in_full(Score.objects.filter(sheet=sheet)).order_by("serial")
    return [_row(score, list(score.lines.all())) for score in scores]


def _row(score: Score, lines: list[ScoreLine]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "key": score.key,
        "label": score.label,
        "days": score.days,
        "total": as_points(score.total),
        "formula": score.formula,
        "rank": score.rank,
        "lines": [_line(line) for line in lines],
    }
    return {**row, "grade": score.grade} if score.grade else row


def _line(line: ScoreLine) -> dict[str, Any]:
    """What a scheme does not use is not written, so that older digests stay as they are."""
    row: dict[str, Any] = {
        "indicator": line.indicator,
        "value": _plain(line.value),
        "denominator": _plain(line.denominator),
        "points": as_points(line.points),
        "capped": line.is_capped,
        "formula": line.formula,
        "note": line.note,
        "evidence": line.evidence,
        "base_evidence": line.base_evidence,
    }
    return {**row, "spread": line.spread} if line.spread else row


def _plain(number: Any) -> str | None:
    return None if number is None else f"{number:.4f}"


def build_rows(sheet: ScoreSheet, scored: Iterable[Scored]) -> list[tuple[Score, list[ScoreLine]]]:
    """Unsaved scores with their unsaved lines."""
    column = f"{sheet.scheme_data['subject_type']}_id"
    return [_build(sheet, serial, each, column) for serial, each in enumerate(scored, start=1)]


def _build(
    sheet: ScoreSheet, serial: int, scored: Scored, column: str
) -> tuple[Score, list[ScoreLine]]:
    subject = scored.subject
    score = Score(
        sheet=sheet,
        serial=serial,
        key=subject.key,
        label=subject.label,
        region_id=subject.region_id,
        days=None if subject.share.is_whole else subject.share.days,
        total=scored.total.points,
        formula=scored.total.formula,
        rank=scored.rank,
        grade=scored.grade,
        **{column: subject.pk},
    )
    lines = [
        ScoreLine(
            score=score,
            serial=number,
            indicator=indicator["name"],
            metric=indicator["metric"],
            denominator_metric=indicator["denominator"],
            method=indicator["method"],
            full=indicator["full"],
            value=given.value,
            denominator=given.denominator,
            points=line.points,
            is_capped=line.is_capped,
            formula=line.formula,
            note=line.note,
            evidence=given.evidence,
            base_evidence=given.base_evidence,
            spread=given.spread,
        )
        for number, (indicator, given, line) in enumerate(
            zip(sheet.scheme_data["indicators"], scored.inputs, scored.lines, strict=True), start=1
        )
    ]
    return score, lines


def recomputed_rows(sheet: ScoreSheet) -> list[dict[str, Any]]:
    """The rows as the stored scheme and the stored counts give them; no record is read."""
    scores = scores_in_full(Score.objects.filter(sheet=sheet)).order_by("serial")
    length = (sheet.last_day - sheet.first_day).days + 1
    subjects = [
        Subject(score.pk, score.key, score.label, score.region_id, share_of(score.days, length))
        for score in scores
    ]
    inputs = [
        [
            Inputs(line.value, line.denominator, line.evidence, line.base_evidence, line.spread)
            for line in score.lines.all()
        ]
        for score in scores
    ]
    return rows_as_data(sheet, score_inputs(sheet.scheme_data, subjects, inputs))


def rows_as_data(sheet: ScoreSheet, scored: Iterable[Scored]) -> list[dict[str, Any]]:
    """As the stored rows would be written, without storing them."""
    return [_row(*each) for each in build_rows(sheet, scored)]


def is_intact(sheet: ScoreSheet) -> bool:
    """Whether stored rows and a recomputation from the frozen inputs both give the digest."""
    return (
        digest_of(sheet, stored_rows(sheet)) == sheet.digest
        and digest_of(sheet, recomputed_rows(sheet)) == sheet.digest
    )
