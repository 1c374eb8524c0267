"""履职保障: letters to employers with their numbers, and what else was given to a deputy."""

import datetime as dt
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from activities.enums import SupportKind
from activities.models import Activity, ContactRule, Invitation, SupportItem
from activities.services.moves import CallingError, move
from activities.workflow import Action
from congress_portal.core.audit import record, save_recorded
from congress_portal.core.enums import AuditAction, Verification
from congress_portal.core.models import Region, User
from deputies.days import refuse_day
from deputies.models import Deputy

_POSTS = re.compile(
    r"(?:党[委组支]?部?)?(?:第一)?(?:常务)?副?(?:总经理|经理|董事长|理事长|书记|主任|局长|厂长|校长|院长"
    r"|所长|站长|园长|会长|队长|主席|医生|护士|教师|律师|技术员|班长|驾驶员|检修工|职工|会计|委员|员工)$"
)
_NO_EMPLOYER = re.compile(r"(?:养殖户|种植户|种植大户|农场主|社员|村民|个体户|务农|自由职业)$")


def unit_of(employer: str) -> str:
    """The unit in «工作单位及职务», as a first draft of the addressee; empty for who has none."""
    words = employer.strip()
    return "" if _NO_EMPLOYER.search(words) else _POSTS.sub("", words)


def addressees(rows: Iterable[Invitation]) -> dict[int, str]:
    """Per deputy: to whom the last letter went, else the unit read from the roster."""
    people = {row.deputy_id: row.deputy for row in rows}
    letters = SupportItem.objects.filter(kind=SupportKind.LETTER, deputy__in=people)
    last = dict(letters.order_by("pk").values_list("deputy", "detail"))
    return {pk: last.get(pk) or unit_of(deputy.employer) for pk, deputy in people.items()}


def issue_letters(
    *, actor: User, activity_pk: int, addressed: Mapping[int, str]
) -> list[SupportItem]:
    """Number a letter for each deputy (pk → addressee); who has one keeps it and its number.

    Raises what ``move`` raises, CallingError.
    """
    with move(Action.LETTER, activity_pk=activity_pk, actor=actor) as step:
        activity = step.activity
        listed = Invitation.objects.filter(activity=activity, deputy__in=addressed)
        deputies = {row.deputy_id: row.deputy for row in listed.select_related("deputy")}
        if set(addressed) - set(deputies):
            raise CallingError("只能给受邀代表的单位发函。")
        if not all(unit.strip() for unit in addressed.values()):
            raise CallingError("请填写收函单位。")
        region = Region.objects.select_for_update(of=("self",)).get(pk=activity.region_id)
        known = SupportItem.objects.filter(activity=activity, kind=SupportKind.LETTER)
        has = {row.deputy_id: row for row in known.filter(deputy__in=addressed)}
        word = ContactRule.objects.all().of(region).letter_word
        numbers = _next_numbers(region, timezone.localdate(), word)
        return [
            has.get(pk) or _issue(actor, activity, deputies[pk], addressed[pk], *next(numbers))
            for pk in addressed
        ]


def _next_numbers(region: Region, day: dt.date, word: str) -> Iterator[tuple[str, int, str]]:
    """(series, serial, number) one after the other; the region's row is locked."""
    series = f"{region.code}-{day.year}"
    found = SupportItem.objects.filter(series=series).aggregate(last=Max("serial"))
    serial = found["last"] or 0
    while True:
        serial += 1
        yield series, serial, f"{word}〔{day.year}〕{serial}号"


def _issue(
    actor: User, activity: Activity, deputy: Deputy, unit: str, series: str, serial: int,
    number: str,
) -> SupportItem:  # fmt: skip
    item = SupportItem(
        deputy=deputy, kind=SupportKind.LETTER, held_on=timezone.localdate(), activity=activity,
        number=number, series=series, serial=serial, detail=unit.strip(),
    )  # fmt: skip
    _stamp(item, actor)
    save_recorded(item)
    return item


def _stamp(item: SupportItem, actor: User) -> None:
    """What the office gives, the office knows: verified by being entered."""
    item.entered_by = item.verified_by = actor
    item.verification, item.verified_at = Verification.VERIFIED, timezone.now()


def give_support(
    *, actor: User, deputy: Deputy, kind: str, held_on: dt.date, detail: str,
    amount: Decimal | None = None, activity: Activity | None = None,
    key: uuid.UUID | None = None,
) -> SupportItem:  # fmt: skip
    """A line of the 履职保障台账; the same ``key`` makes one. Raises CallingError."""
    found = SupportItem.objects.filter(idempotency_key=key, entered_by=actor).first()
    if key and found:
        return found
    if kind == SupportKind.LETTER:
        raise CallingError("通知函从活动页面发，自动编号。")
    item = SupportItem(
        deputy=deputy, kind=kind, held_on=held_on, detail=detail.strip(), amount=amount,
        activity=activity, idempotency_key=key,
    )  # fmt: skip
    refuse_day(deputy, held_on)
    _stamp(item, actor)
    try:
        with transaction.atomic():
            save_recorded(item)
            if not SupportItem.objects.editable_by(actor).filter(pk=item.pk).exists():
                raise CallingError("这位代表不在您的范围内。")
    except (IntegrityError, ValidationError):
        if found := SupportItem.objects.filter(idempotency_key=key, entered_by=actor).first():
            return found
        raise
    return item


@transaction.atomic
def unmask_phones(
    *, actor: User, activity: Activity, rows: Iterable[Invitation], reason: str
) -> dict[int, str]:
    """Numbers of those in the person's own scope, for a reason that is kept."""
    wanted = [row.deputy_id for row in rows]
    people = Deputy.objects.editable_by(actor).filter(pk__in=wanted).exclude(phone="")
    found = dict(people.values_list("pk", "phone"))
    record(
        AuditAction.UNMASK,
        activity,
        changes={"fields": ["phone"], "deputies": sorted(found)},
        reason=reason,
    )
    return found
