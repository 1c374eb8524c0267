"""Drawing up a rota of reception days, and releasing it (接待选民日轮值表; M62, RULES C4)."""

import datetime as dt
from collections import defaultdict

from django.db import transaction
from django.utils import timezone

from congress_portal.core.audit import delete_recorded, record, save_recorded
from congress_portal.core.enums import AuditAction
from congress_portal.core.errors import DomainError
from congress_portal.core.models import Region, User
from congress_portal.core.notices import Message, notify
from congress_portal.core.workdays import WorkCalendar
from stations.enums import RotaState
from stations.models import Rota, RotaDuty, RotaSlot, Station
from stations.selectors.rota import Standing, duties_counted, rules_of, standing_at
from stations.services.planning import Candidate, Plan, Seat, plan
from stations.services.rota_days import Day, Days, days_of

_LONGEST = dt.timedelta(days=400)
_SHIFT_ROOM = dt.timedelta(days=15)  # how far the longest holidays can move a day
_BATCH = 500
_DAYS_TOLD = 12


class RotaError(DomainError):
    """The rota cannot be drawn up, changed or released in this way."""


@transaction.atomic
def draw_up(
    *, actor: User | None, region: Region, first_on: dt.date, last_on: dt.date, title: str = ""
) -> Rota:
    """A draft for the stations of a town (or the county's own): days by rules, deputies fairly.

    Raises RotaError where another rota of the place covers some of the days, or no station there
    has a rule.
    """
    if actor is not None and not actor.scope.may_write_code(region.code):
        raise RotaError("轮值表由所在镇（街道）或县的人大工作人员编排。")
    if last_on - first_on > _LONGEST:
        raise RotaError("一张轮值表最长编排一年左右，请把起止日期改短。")
    Region.objects.select_for_update().get(pk=region.pk)
    others = Rota.objects.filter(region=region, first_on__lte=last_on, last_on__gte=first_on)
    if other := others.first():
        raise RotaError(
            f"{region}已有「{other}」（{other.first_on}至{other.last_on}），日期不能重叠。"
        )
    rota = Rota(region=region, first_on=first_on, last_on=last_on, created_by=actor)
    rota.title = title.strip() or f"{region}接待选民日轮值表"
    rota.full_clean(exclude=["created_by"])
    rota.save()
    slots, duties = _fill(rota)
    record(AuditAction.CREATE, rota, changes={"slots": [None, slots], "duties": [None, duties]})
    return rota


@transaction.atomic
def draw_again(*, actor: User | None, rota_pk: int) -> Rota:
    """Plan a draft anew, after rules, postings or absences changed. Raises RotaError."""
    rota = locked_draft(actor, rota_pk)
    before = rota.slots.count()
    rota.slots.all().delete()
    slots, duties = _fill(rota)
    record(AuditAction.UPDATE, rota, changes={"slots": [before, slots], "duties": [None, duties]})
    return rota


@transaction.atomic
def discard(*, actor: User | None, rota_pk: int) -> None:
    """Throw a draft away. Raises RotaError."""
    delete_recorded(locked_draft(actor, rota_pk))


@transaction.atomic
def release(*, actor: User, rota_pk: int) -> Rota:
    """Let the rota hold; each deputy in it who has an account is told once. Raises RotaError."""
    rota = locked_draft(actor, rota_pk)
    if not rota.slots.exists():
        raise RotaError("这张轮值表里还没有接待日，不能发布。")
    rota.state = RotaState.RELEASED
    rota.released_at, rota.released_by = timezone.now(), actor
    save_recorded(rota)
    _tell(rota)
    return rota


def locked_draft(actor: User | None, rota_pk: int) -> Rota:
    """The draft, locked. Raises RotaError for what is released, gone or somebody else's."""
    rows = Rota.objects.editable_by(actor).select_for_update(of=("self",))
    rota: Rota | None = rows.select_related("region").filter(pk=rota_pk).first()
    if rota is None:
        raise RotaError("没有这张轮值表，或者您不能改它。")
    if rota.state != RotaState.DRAFT:
        raise RotaError("这张轮值表已经发布，不能再重排；可以逐日换人、改期或取消。")
    return rota


def planned(rota: Rota) -> Days:
    """The rota's days by the rules of its stations, without those that stand in another rota."""
    stations = Station.objects.filter(region=rota.region)
    rules = rules_of(stations, rota.first_on, rota.last_on)
    if not rules:
        raise RotaError(f"{rota.region}的家站还没有接待日规则，请先在「接待日规则」里登记。")
    found = days_of(rules, rota.first_on, rota.last_on, WorkCalendar())
    window = rota.first_on - _SHIFT_ROOM, rota.last_on + _SHIFT_ROOM
    others = RotaSlot.objects.filter(station__in=stations, held_on__range=window)
    standing = set(others.exclude(rota=rota).values_list("station", "held_on"))
    found.days = [day for day in found.days if (day.rule.station_id, day.held_on) not in standing]
    return found


def _fill(rota: Rota) -> tuple[int, int]:
    """Write days and duties of a rota without any; returns how many of each."""
    days = planned(rota).days
    if not days:
        raise RotaError("按接待日规则，这段日期里没有接待日，请核对规则和日期。")
    slots = RotaSlot.objects.bulk_create([_slot(rota, day) for day in days], batch_size=_BATCH)
    seats = _seats(slots)
    result = _planned_duties(rota, slots, seats)
    of_slot = {seat.key: slot for slot, own in zip(slots, _by_slot(slots, seats), strict=True)
               for seat in own}  # fmt: skip
    serials: dict[int, int] = defaultdict(int)
    duties = []
    for seat in seats:
        if seat.key in result.holder:
            slot = of_slot[seat.key]
            duties.append(
                RotaDuty(
                    slot=slot,
                    deputy_id=result.holder[seat.key],
                    held_on=slot.held_on,
                    serial=serials[slot.pk],
                )
            )
            serials[slot.pk] += 1
    RotaDuty.objects.bulk_create(duties, batch_size=_BATCH)
    return len(slots), len(duties)


def _slot(rota: Rota, day: Day) -> RotaSlot:
    rule = day.rule
    return RotaSlot(
        rota=rota,
        station=rule.station,
        rule=rule,
        held_on=day.held_on,
        planned_on=day.planned_on,
        starts_at=rule.starts_at,
        ends_at=rule.ends_at,
        deputies_needed=rule.deputies_needed,
    )


def _seats(slots: list[RotaSlot]) -> list[Seat]:
    """One a deputy needed; the first of them carries the rule's level."""
    seats: list[Seat] = []
    for slot in slots:
        for number in range(slot.deputies_needed):
            level = slot.rule.level_needed if slot.rule and not number else ""
            seats.append(Seat(len(seats), slot.station_id, slot.held_on, level))
    return seats


def _by_slot(slots: list[RotaSlot], seats: list[Seat]) -> list[list[Seat]]:
    rows = iter(seats)
    return [[next(rows) for _ in range(slot.deputies_needed)] for slot in slots]


def _planned_duties(rota: Rota, slots: list[RotaSlot], seats: list[Seat]) -> Plan:
    """Loads start from the duties that the deputies have elsewhere in the span."""
    first = min(rota.first_on, min(slot.held_on for slot in slots))
    last = max(rota.last_on, max(slot.held_on for slot in slots))
    stations = {slot.station_id for slot in slots}
    standing = standing_at(stations, first, last)
    people = {key for rows in standing.posted.values() for key in rows}
    loads = duties_counted(people, first, last)
    before = duties_counted(people, first - (last - first), first - dt.timedelta(days=1))
    candidates = {
        station: [
            Candidate(key, loads[key], before[key], frozenset(standing.taken.get(key, ())))
            for key in rows
        ]
        for station, rows in standing.posted.items()
    }
    return plan(seats, candidates, lambda each, seat: _may_sit(standing, each.key, seat))


def _may_sit(standing: Standing, deputy: int, seat: Seat) -> bool:
    return (
        standing.is_posted(deputy, seat.place, seat.held_on)
        and standing.holds(deputy, seat.held_on, seat.level)
        and not standing.is_away(deputy, seat.held_on)
    )


def _tell(rota: Rota) -> None:
    duties = (
        RotaDuty.objects.all()
        .standing()
        .filter(slot__rota=rota, slot__cancelled_reason="", deputy__user__isnull=False)
        .select_related("deputy__user", "slot__station")
        .order_by("held_on", "pk")
    )
    own: dict[int, list[RotaDuty]] = defaultdict(list)
    for duty in duties:
        own[duty.deputy_id].append(duty)
    for rows in own.values():
        days = "；".join(
            f"{each.held_on.month}月{each.held_on.day}日 {each.slot.station}"
            for each in rows[:_DAYS_TOLD]
        )
        more = f"；等 {len(rows)} 天" if len(rows) > _DAYS_TOLD else ""
        message = Message(
            key=f"rota:{rota.pk}:released",
            title=f"{rota}已发布，您值班 {len(rows)} 天",
            body=f"{days}{more}。来不了的，可以请别的代表换班。",
            link="/rota/mine/",
        )
        notify([each.deputy.user for each in rows[:1] if each.deputy.user], message)
