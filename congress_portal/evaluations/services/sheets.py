"""Computing, publishing and correcting a sheet of scores."""

from django.db import transaction
from django.utils import timezone

from congress_portal.core import audit
from congress_portal.core.enums import AuditAction
from congress_portal.core.errors import DomainError
from congress_portal.core.models import User
from congress_portal.core.periods import Period
from congress_portal.evaluations.enums import INPUT_STATES, AppealState, SheetState
from congress_portal.evaluations.frozen import (
    build_rows,
    digest_of,
    is_intact,
    rows_as_data,
    stored_rows,
)
from congress_portal.evaluations.models import Appeal, Scheme, Score, ScoreLine, ScoreSheet
from congress_portal.evaluations.scoring import Scored, score_everyone, snapshot_of
from congress_portal.evaluations.selectors import current_sheet, published_sheet
from congress_portal.evaluations.standing import facts_of, window_from
from congress_portal.evaluations.telling import tell_scored
from congress_portal.evaluations.workflow import SheetStep, require

_BATCH = 500


class SheetPublishedError(DomainError):
    """The period is published: only a new version can change its scores."""


class SheetChangedError(DomainError):
    """The draft is no longer the one that was looked at, or no longer whole."""


class NotAllowedError(DomainError):
    """The person may not compute or publish scores."""


@transaction.atomic
def compute_sheet(*, scheme: Scheme, period: Period, actor: User | None) -> ScoreSheet:
    """Count and score everyone; a draft of the same scheme and period is replaced.

    Raises SheetPublishedError, NotAllowedError, and DomainError for a scheme that cannot be
    computed. ``actor`` is None for the system itself.
    """
    check_right(actor)
    _lock(scheme)
    current = current_sheet(scheme.name, period)
    if current:  # a publication that is under way is waited for, and seen
        current = locked_sheet(current.pk)
    if current and current.is_published:
        raise SheetPublishedError(
            f"「{scheme.name}」{period.label}的结果已发布（第{current.version}版），"
            "不能重新计算；要更正请发布新版本。"
        )
    if current:
        require(SheetStep.COMPUTE, facts_of(current))
    if current is None:
        return _write(ScoreSheet(scheme=scheme, version=1), period, actor)
    return _write(_emptied(current, scheme), period, actor)


def sheet_for(*, scheme: Scheme, period: Period) -> ScoreSheet:
    """What the system shows for a scheme and period: the published sheet as it is, or the one
    that is checked or disclosed, else a draft computed now."""
    if published := published_sheet(scheme.name, period):
        return published
    current = current_sheet(scheme.name, period)
    if current and current.state not in INPUT_STATES:
        return current
    return compute_sheet(scheme=scheme, period=period, actor=None)


@transaction.atomic
def new_version(*, sheet: ScoreSheet, reason: str, actor: User | None) -> ScoreSheet:
    """A draft of the next version, counted from today's records; the published one stays.

    Raises SheetChangedError unless ``sheet`` is the newest version and published, and
    NotAllowedError. ``reason`` is required: it is published with the version.
    """
    check_right(actor)
    if not reason.strip():
        raise DomainError("请写明更正的理由。")
    _lock(sheet.scheme)
    current = current_sheet(sheet.scheme.name, sheet.period)
    if current is None or current.pk != sheet.pk or not current.is_shown:
        raise SheetChangedError("已有更新的版本，请在最新的版本上更正。")
    require(SheetStep.CORRECT, facts_of(current), reason)
    draft = ScoreSheet(scheme=sheet.scheme, version=sheet.version + 1, reason=reason.strip())
    return _write(draft, sheet.period, actor)


@transaction.atomic
def publish_sheet(
    *, sheet: ScoreSheet, actor: User | None, digest: str | None = None
) -> ScoreSheet:
    """Freeze a draft with its scheme, inputs and digest.

    ``digest`` is that of the draft the person looked at. ``actor`` None, the system itself
    (the sample county), need not disclose first. Raises SheetPublishedError, SheetChangedError,
    StepNotAllowedError and NotAllowedError.
    """
    check_right(actor)
    locked = locked_sheet(sheet.pk)
    if locked.is_published:
        raise SheetPublishedError("这份结果已经发布。")
    before = locked.state
    _check_publishable(locked, actor)
    if digest is not None and digest != locked.digest:
        raise SheetChangedError("这份结果刚被重新计算，请核对新的结果后再发布。")
    if not is_intact(locked):
        raise SheetChangedError("这份结果与计算依据不一致，请重新计算后再发布。")
    locked.state = SheetState.PUBLISHED
    locked.published_at = timezone.now()
    locked.published_by = actor
    locked.appeals_until = window_from(locked, timezone.localdate())
    locked.save(update_fields=["state", "published_at", "published_by", "appeals_until"])
    audit.record(
        AuditAction.PUBLISH,
        locked,
        changes={"state": [before, SheetState.PUBLISHED], "digest": locked.digest},
        reason=locked.reason,
    )
    if actor is not None:
        tell_scored(locked, "published")
    return locked


def _check_publishable(sheet: ScoreSheet, actor: User | None) -> None:
    facts = facts_of(sheet)
    if actor is None:
        if sheet.state == SheetState.OPEN:
            raise SheetChangedError("这份结果还没有计算。")
        return
    require(SheetStep.PUBLISH, facts)
    appeals = Appeal.objects.filter(score__sheet=sheet)
    if appeals.open().exists():
        raise SheetChangedError("还有异议没有答复，不能发布。")
    if appeals.filter(state=AppealState.UPHELD).exists():
        raise SheetChangedError("有异议成立，请先改正记录，再「更正」另出新版本发布。")


def locked_sheet(pk: int) -> ScoreSheet:
    """The row as stored, locked. Raises SheetChangedError when it is gone."""
    locked = ScoreSheet.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if locked is None:
        raise SheetChangedError("这份结果已被重新计算，请重新查看后再发布。")
    return locked


@transaction.atomic
def recompute_open(*, scheme: Scheme, actor: User | None) -> int:
    """After thresholds were edited: drafts of the scheme anew; what was checked, disclosed or
    published stays as it is (M107). Returns how many."""
    drafts = list(ScoreSheet.objects.filter(scheme=scheme, state=SheetState.DRAFT))
    for draft in drafts:
        compute_sheet(scheme=scheme, period=draft.period, actor=actor)
    return len(drafts)


def needs_new_version(sheet: ScoreSheet) -> bool:
    """Whether today's records give other data than the sheet holds, by the sheet's own scheme."""
    scored = score_everyone(sheet.scheme_data, sheet.period)
    return digest_of(sheet, rows_as_data(sheet, scored)) != sheet.digest


def check_right(actor: User | None) -> None:
    """Raises NotAllowedError."""
    if not ScoreSheet.objects.all().may_add(actor):
        raise NotAllowedError("只有常委会工作人员可以计算和发布考评结果。")


def _lock(scheme: Scheme) -> None:
    """One computation of a scheme at a time."""
    list(Scheme.objects.select_for_update().filter(name=scheme.name).values_list("pk"))


def _emptied(draft: ScoreSheet, scheme: Scheme) -> ScoreSheet:
    Score.objects.filter(sheet=draft).delete()
    draft.scheme = scheme
    return draft


def _write(sheet: ScoreSheet, period: Period, actor: User | None) -> ScoreSheet:
    is_new = sheet.pk is None
    before = {"digest": sheet.digest}
    sheet.period_code, sheet.first_day, sheet.last_day = period.code, period.first, period.last
    sheet.scheme_data = snapshot_of(sheet.scheme)
    sheet.computed_at, sheet.computed_by = timezone.now(), actor
    sheet.state = SheetState.DRAFT
    scored = score_everyone(sheet.scheme_data, period)
    sheet.save()
    _save_rows(sheet, scored)
    sheet.digest = digest_of(sheet, stored_rows(sheet))
    sheet.save(update_fields=["digest"])
    changes = audit.difference(before, {"digest": sheet.digest, "period": period.code})
    action = AuditAction.CREATE if is_new else AuditAction.UPDATE
    audit.record(action, sheet, changes=changes, reason=sheet.reason)
    return sheet


def _save_rows(sheet: ScoreSheet, scored: list[Scored]) -> None:
    rows = build_rows(sheet, scored)
    Score.objects.bulk_create([score for score, _ in rows], batch_size=_BATCH)
    lines: list[ScoreLine] = []
    for score, own in rows:
        for line in own:
            line.score = score
        lines += own
    ScoreLine.objects.bulk_create(lines, batch_size=_BATCH)
