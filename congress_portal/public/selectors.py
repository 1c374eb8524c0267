"""What anybody may read without signing in: each shape below is the allow-list of its page.

Nothing leaves for a public page, feed, file or print but the fields of these shapes. Titles and
texts written by people pass through ``without_numbers``.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from activities.models import GoodDeed
from activities.models.support import RuleDocument, RuleVersion
from congress_portal.core.enums import Level, Rating, Verification
from congress_portal.core.masking import without_numbers
from congress_portal.core.models import DictionaryEntry, Region
from congress_portal.core.periods import Period
from congress_portal.public.enums import Reported
from congress_portal.public.models import AbuseReport, ChatGroup, DeputyCard, PublishedNews
from deputies.models import Deputy, Mandate, Term
from stations.enums import DutyState, OfficerKind, RotaState
from stations.models import Posting, RegionOutline, RotaDuty, RotaSlot, Station, StationOfficer
from suggestions.enums import Share
from suggestions.models import Reply, Suggestion, Voice
from suggestions.selectors.voice_states import station_for

LEAST = 5  # a rate over fewer cases would tell about single people


@dataclass(frozen=True)
class Seat:
    congress: str
    level: str
    district: str


@dataclass(frozen=True)
class Card:
    """代表法 §58: who, elected where, how to be reached; photo and telephone only by consent."""

    pk: int
    name: str
    town: str
    seats: tuple[Seat, ...]
    stations: tuple[tuple[str, str], ...]
    has_photo: bool
    phone: str
    own_places: frozenset[int]
    is_upper: bool
    places: frozenset[int]  # of all congresses, the town's and those above

    @property
    def is_above(self) -> bool:
        """Holds seats of higher congresses alone, and so works in the town without its seat."""
        return not self.own_places


@dataclass(frozen=True)
class Day:
    """A reception day of the released rota."""

    pk: int
    station: str
    number: str
    place: str
    held_on: dt.date
    starts_at: dt.time
    ends_at: dt.time
    people: tuple[str, ...]


@dataclass(frozen=True)
class Rate:
    """``share`` is empty where too few cases stand behind it."""

    name: str
    part: int
    whole: int
    code: str

    @property
    def is_small(self) -> bool:
        return self.whole < LEAST

    @property
    def share(self) -> str:
        return "" if self.is_small else f"{self.part / self.whole:.1%}"


@dataclass(frozen=True)
class Answer:
    pk: int
    unit: str
    replied_on: dt.date
    result: str
    text: str


def _on(day: dt.date) -> Period:
    return Period(day, day, day.isoformat())


def hidden_deputies() -> frozenset[int]:
    """Whom the office shows nowhere: where a record speaks of one, no name stands."""
    rows = DeputyCard.objects.filter(is_hidden=True)
    return frozenset(rows.values_list("deputy", flat=True))


def shown_deputies(day: dt.date) -> QuerySet[Deputy]:
    """In office on the day and not hidden by the office; with all that a card shows."""
    hidden = DeputyCard.objects.filter(deputy=OuterRef("pk"), is_hidden=True)
    seats = Mandate.objects.in_force(_on(day)).select_related("term__region", "district")
    posts = Posting.objects.on(day).filter(station__is_active=True).select_related("station")
    return (
        Deputy.objects.in_office(_on(day))
        .exclude(Exists(hidden))
        .select_related("town", "village", "card")
        .prefetch_related(
            Prefetch("mandates", seats.order_by("pk"), to_attr="shown_seats"),
            Prefetch("postings", posts.order_by("serial", "pk"), to_attr="shown_posts"),
        )
        .order_by("town__code", "pinyin", "pk")
    )


def search_deputies(rows: QuerySet[Deputy], town: str, words: str) -> QuerySet[Deputy]:
    """``town`` is a region code; ``words`` a name, a district or a village."""
    if town:
        rows = rows.filter(town__code=town)
    if words := words.strip():
        seats = Mandate.objects.filter(
            Q(district__name__contains=words) | Q(district__villages__name__contains=words),
            deputy=OuterRef("pk"),
        )
        rows = rows.filter(
            Q(name__contains=words) | Q(village__name__contains=words) | Exists(seats)
        )
    return rows


def card_of(deputy: Deputy) -> Card:
    """``deputy`` is of ``shown_deputies``."""
    card = getattr(deputy, "card", None)
    held: list[Mandate] = deputy.shown_seats  # type: ignore[attr-defined]
    seats = tuple(
        Seat(
            _congress(each.term),
            each.get_level_display(),
            each.district.name if each.district else "",
        )
        for each in held
    )
    posts = deputy.shown_posts  # type: ignore[attr-defined]
    return Card(
        pk=deputy.pk,
        name=deputy.name,
        town=deputy.town.name,
        seats=seats,
        stations=tuple((each.station.number, each.station.name) for each in posts),
        has_photo=bool(card and card.photo and card.photo_consented_on),
        phone=card.phone if card and card.phone_consented_on else "",
        own_places=frozenset(
            each.region_id for each in held if each.region_id and each.level == Level.TOWN
        ),
        is_upper=any(each.level != Level.TOWN for each in held),
        places=frozenset(each.region_id for each in held if each.region_id),
    )


def _congress(term: Term) -> str:
    """安澜县第十八届; an upper one whose place is not entered is named by its level alone."""
    if term.region_id:
        return str(term)
    return term.get_level_display() + ("" if term.name == "本届" else term.name)


@dataclass(frozen=True)
class Seats:
    """本级 and 驻区 as the office counts them (M138): persons, who holds both is in ``both``."""

    own: int
    upper: int
    both: int


def seats_apart(cards: Iterable[Card], place: Region | None = None) -> Seats:
    """In a place its own seats go first; over all towns both kinds are counted, and who is both."""
    found = list(cards)
    if place:
        own = sum(place.pk in (card.own_places if place.is_town else card.places) for card in found)
        return Seats(own, len(found) - own, 0)
    both = sum(bool(card.own_places) and card.is_upper for card in found)
    return Seats(
        sum(bool(card.own_places) for card in found), sum(card.is_upper for card in found), both
    )


def told_deeds() -> QuerySet[GoodDeed]:
    """先进事迹 that the deputy and the office let the public read."""
    rows = GoodDeed.objects.told().select_related("deputy", "kind")
    return rows.order_by("-held_on", "-pk")


def station_of_deputy(deputy: Deputy) -> Station | None:
    """Where what is written to the deputy is received: the own station, else the town's."""
    posts = deputy.shown_posts  # type: ignore[attr-defined]
    own = next((each.station for each in posts), None)
    return own or station_for(deputy.village or deputy.town)


def shown_stations() -> QuerySet[Station]:
    return Station.objects.active().select_related("region", "village", "type").order_by("number")


def office_phone(station: Station, day: dt.date) -> str:
    """The head's or liaison's telephone, only where it is a landline: a mobile is private."""
    rows = StationOfficer.objects.on(day).filter(station=station)
    numbers = rows.order_by("kind", "pk").values_list("kind", "phone")
    kinds = (OfficerKind.HEAD, OfficerKind.LIAISON)
    return next((phone for kind, phone in numbers if kind in kinds and phone.startswith("0")), "")


def coming_days(first: dt.date, last: dt.date) -> QuerySet[RotaSlot]:
    """Days of released rotas (and those added by hand) that were not called off."""
    duties = RotaDuty.objects.exclude(state__in=(DutyState.SWAPPED, DutyState.ABSENT))
    shown = shown_deputies(first).values("pk")
    duties = duties.filter(deputy__in=shown).select_related("deputy")
    return (
        RotaSlot.objects.standing()
        .filter(
            Q(rota__isnull=True) | Q(rota__state=RotaState.RELEASED),
            held_on__range=(first, last),
            station__is_active=True,
        )
        .select_related("station", "reception")
        .prefetch_related(
            Prefetch("duties", duties.order_by("serial", "pk"), to_attr="expected"),
            Prefetch("reception__deputies", Deputy.objects.filter(pk__in=shown), to_attr="came"),
        )
        .order_by("held_on", "starts_at", "station__number")
    )


def day_of(slot: RotaSlot) -> Day:
    """``slot`` is of ``coming_days``: who is expected, or, once it is registered, who came."""
    expected: Iterable[RotaDuty] = slot.expected  # type: ignore[attr-defined]
    came: list[Deputy] = getattr(slot.reception, "came", []) if slot.reception else []
    return Day(
        slot.pk,
        slot.station.name,
        slot.station.number,
        slot.station.address,
        slot.held_on,
        slot.starts_at,
        slot.ends_at,
        tuple(each.name for each in came) or tuple(each.deputy.name for each in expected),
    )


def shown_news() -> QuerySet[PublishedNews]:
    rows = PublishedNews.objects.filter(
        is_withdrawn=False,
        news__verification=Verification.VERIFIED,
        published_on__lte=timezone.localdate(),
    ).exclude(pk__in=AbuseReport.objects.hidden(Reported.NEWS))
    return rows.select_related("news__region").order_by("-published_on", "-pk")


def push_text(row: PublishedNews) -> str:
    """Title, text and address, ready to paste into a group."""
    address = settings.SITE_URL + reverse("public:news_item", args=[row.pk])
    return without_numbers(f"【{row.news.title}】\n{row.text.strip()}\n") + f"全文：{address}"


def rules_in_force(day: dt.date) -> QuerySet[RuleVersion]:
    """The version in force of each public rule: the latest that has begun."""
    later = RuleVersion.objects.filter(
        document=OuterRef("document"), effective_on__lte=day, version__gt=OuterRef("version")
    )
    return (
        RuleVersion.objects.filter(
            document__in=RuleDocument.objects.filter(is_public=True, is_active=True),
            effective_on__lte=day,
        )
        .exclude(Exists(later))
        .select_related("document__region", "document__station")
        .order_by("document__region__code", "document__title", "pk")
    )


def shown_suggestions() -> QuerySet[Suggestion]:
    """Published by the office, with the proposer's consent."""
    rows = Suggestion.objects.published().select_related("lead", "region", "field")
    rows = rows.exclude(pk__in=AbuseReport.objects.hidden(Reported.SUGGESTION))
    return rows.order_by("-published_on", "-pk")


def search_suggestions(
    rows: QuerySet[Suggestion], words: str, field: str, year: str
) -> QuerySet[Suggestion]:
    """``words`` of the title, ``field`` a key; no row is found by a number of a person."""
    if words := without_numbers(words.strip()):
        rows = rows.filter(title__contains=words)
    if field.isdecimal():
        rows = rows.filter(field=int(field))
    return rows.filter(year=int(year)) if year.isdecimal() and len(year) == 4 else rows


def choices_of_suggestions() -> tuple[QuerySet[DictionaryEntry], list[int]]:
    """Fields and years that shown suggestions have."""
    rows = shown_suggestions().order_by()
    fields = DictionaryEntry.objects.filter(pk__in=rows.values("field"))
    return fields, sorted(set(rows.values_list("year", flat=True)), reverse=True)


NARROWED = {
    "answered": "已答复",
    "solved": "所提问题已经解决（A 类答复）",
    "rated": "代表已评价",
    "satisfied": "代表满意",
}
_REPLIED = Reply.objects.filter(handling__suggestion=OuterRef("pk"), handling__share=Share.LEAD)
_NARROWER = {
    "answered": Exists(_REPLIED),
    "solved": Exists(_REPLIED.filter(reply_class__code="A")),
    "rated": Exists(_REPLIED.exclude(rating="")),
    "satisfied": Exists(_REPLIED.filter(rating=Rating.SATISFIED)),
}


def narrowed(rows: QuerySet[Suggestion], code: str) -> QuerySet[Suggestion]:
    """The rows that the open figure of this code counts; all of them for an unknown code."""
    return rows.filter(_NARROWER[code]) if code in _NARROWER else rows


def shown_replies() -> QuerySet[Reply]:
    rows = Reply.objects.filter(is_public=True).select_related("handling__unit")
    return rows.exclude(pk__in=AbuseReport.objects.hidden(Reported.REPLY))


def answers_of(suggestion: Suggestion) -> list[Answer]:
    """Public replies, without the people in charge and their telephones."""
    rows = shown_replies().filter(handling__suggestion=suggestion)
    rows = rows.select_related("handling__unit", "reply_class").order_by("replied_on", "pk")
    return [
        Answer(
            each.pk,
            str(each.handling.unit),
            each.replied_on,
            each.reply_class.name if each.reply_class else "",
            without_numbers(each.body),
        )
        for each in rows
    ]


def open_figures() -> tuple[int, list[Rate]]:
    """How many suggestions are published, and the rates over them, each with its whole."""
    counts = shown_suggestions().aggregate(
        total=Count("pk"), **{code: Count("pk", filter=Q(rule)) for code, rule in _NARROWER.items()}
    )
    total, answered = counts["total"], counts["answered"]
    return total, [
        Rate("答复率", answered, total, "answered"),
        Rate("解决率（A 类）", counts["solved"], answered, "solved"),
        Rate("满意率", counts["satisfied"], counts["rated"], "satisfied"),
    ]


def chat_counts() -> list[tuple[str, int, int]]:
    """(place, groups and accounts, people) of those in use."""
    found: dict[str, list[int]] = {}
    rows = ChatGroup.objects.filter(is_active=True).select_related("region")
    for row in rows.order_by("region__code", "pk"):
        sums = found.setdefault(row.region.name, [0, 0])
        sums[0] += 1
        sums[1] += row.members
    return [(name, count, members) for name, (count, members) in found.items()]


@dataclass(frozen=True)
class Spot:
    x: float
    y: float
    name: str
    number: str


@dataclass(frozen=True)
class Chart:
    """The own map: outlines as SVG paths, stations as points, in one frame of 600 by 400."""

    paths: tuple[str, ...]
    spots: tuple[Spot, ...]


def chart_of(stations: Iterable[Station]) -> Chart | None:
    """None where no station has a point."""
    placed = [each for each in stations if each.longitude is not None]
    if not placed:
        return None
    regions = {each.region_id for each in placed}
    rings = [
        ring
        for outline in RegionOutline.objects.filter(region__in=regions).order_by("pk")
        for polygon in outline.polygons
        for ring in polygon[:1]
    ]
    points = [(float(each.longitude or 0), float(each.latitude or 0)) for each in placed]
    points += [(point[0], point[1]) for ring in rings for point in ring]
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    low, high = min(y for _, y in points), max(y for _, y in points)
    scale = min(560 / max(right - left, 1e-4), 360 / max(high - low, 1e-4))

    def at(x: float, y: float) -> tuple[float, float]:
        return round(20 + (x - left) * scale, 1), round(380 - (y - low) * scale, 1)

    paths = tuple(
        "M" + " L".join("{} {}".format(*at(p[0], p[1])) for p in ring) + " Z" for ring in rings
    )
    spots = tuple(
        Spot(*at(float(each.longitude or 0), float(each.latitude or 0)), each.name, each.number)
        for each in placed
    )
    return Chart(paths, spots)


def towns_with_stations() -> list[Region]:
    return list(Region.objects.filter(stations__is_active=True).distinct().order_by("code"))


def applies_to(document: RuleDocument, station: Station) -> bool:
    """The station's own rules, and those of its town and of all above."""
    if document.station_id:
        return bool(document.station_id == station.pk)
    return station.region.code.startswith(document.region.prefix)


def handled_at(station: Station) -> tuple[int, int]:
    """(matters raised at the station, of them closed); words of voters are not public."""
    counts = Voice.objects.filter(Q(station=station) | Q(reception__station=station)).aggregate(
        raised=Count("pk"), closed=Count("pk", filter=Q(closed_on__isnull=False))
    )
    return counts["raised"], counts["closed"]


def parts_of(suggestion: Suggestion) -> list[tuple[str, str]]:
    """The filled parts of a published suggestion, under their headings."""
    written = suggestion.situation or suggestion.analysis or suggestion.proposal
    parts = (
        ("案由", suggestion.reason),
        ("建议内容", "" if written else suggestion.content),
        ("情况", suggestion.situation),
        ("分析", suggestion.analysis),
        ("具体建议", suggestion.proposal),
    )
    return [(head, without_numbers(text)) for head, text in parts if text.strip()]
