"""A cast and cases in any state of the workflow, brought there by the services themselves."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.management import call_command

from congress_portal.core.enums import Dictionary, Rating, Role
from congress_portal.core.models import DictionaryEntry, Region, Unit, User
from congress_portal.core.workdays import seed_calendar
from deputies.models import Deputy
from suggestions import services
from suggestions.enums import HandlingState, Kind, State
from suggestions.models import Handling, HandlingRule, Suggestion
from tests.factories.core import CountyFactory, EntryFactory, UnitFactory, UserFactory
from tests.factories.deputies import DeputyFactory

TEXT = {
    "title": "关于修复白鹤村通村公路的建议",
    "situation": "白鹤村通往集镇的三公里公路破损严重，雨天难以通行，学生上学不便。",
    "analysis": "道路建成十五年，超载货车多，一直没有大修。",
    "proposal": "请县交通运输局把这段路列入明年大修计划，并先对坑槽作应急修补。",
    "is_one_matter": True,
}


@dataclass
class Cast:
    """Everyone a case needs; ``officers`` and ``leaders`` by unit."""

    county: Region
    office: User
    lead: Deputy
    mate: Deputy
    stranger: Deputy
    units: list[Unit]
    officers: dict[int, User]
    leaders: dict[int, User]
    field: DictionaryEntry
    classes: dict[str, DictionaryEntry]

    def officer(self, number: int = 0) -> User:
        return self.officers[self.units[number].pk]

    def leader(self, number: int = 0) -> User:
        return self.leaders[self.units[number].pk]


def deputy_with_account(**kwargs: Any) -> Deputy:
    user = UserFactory(role=Role.DEPUTY)
    deputy = DeputyFactory(seat=True, user=user, **kwargs)
    user.name = deputy.name
    user.save()
    return deputy


def make_cast(units: int = 3, *, years: tuple[int, ...] = (2026, 2027)) -> Cast:
    for year in years:
        if year <= 2026:
            seed_calendar(year)
    county = CountyFactory()
    rows = [UnitFactory() for _ in range(units)]
    return Cast(
        county=county,
        office=UserFactory(role=Role.STAFF, role__region=county, name="代表工委"),
        lead=deputy_with_account(),
        mate=deputy_with_account(),
        stranger=deputy_with_account(),
        units=rows,
        officers={u.pk: UserFactory(role=Role.UNIT_OFFICER, role__unit=u) for u in rows},
        leaders={u.pk: UserFactory(role=Role.UNIT_LEADER, role__unit=u) for u in rows},
        field=EntryFactory(),
        classes={
            code: EntryFactory(dictionary=Dictionary.REPLY_CLASS, name=f"{code}类", code=code)
            for code in "ABCD"
        },
    )


def draft(cast: Cast, **data: Any) -> Suggestion:
    return services.save_draft(actor=cast.lead.user, data={**TEXT, "field": cast.field, **data})


def submitted(cast: Cast, *, cosigned: bool = False, **data: Any) -> Suggestion:
    item = draft(cast, **data)
    if cosigned:
        services.invite_cosigners(pk=item.pk, actor=cast.lead.user, deputies=[cast.mate])
        services.answer_invitation(pk=item.pk, actor=cast.mate.user, agrees=True)
    return services.submit_suggestion(pk=item.pk, actor=cast.lead.user)


def accepted(cast: Cast, **kwargs: Any) -> Suggestion:
    item = submitted(cast, **kwargs)
    return services.accept_suggestion(pk=item.pk, actor=cast.office)


def handed_over(
    cast: Cast, *, assisting: int = 0, on: dt.date | None = None, **kwargs: Any
) -> Suggestion:
    item = accepted(cast, **kwargs)
    return services.hand_over(
        pk=item.pk,
        actor=cast.office,
        lead=cast.units[0],
        assisting=cast.units[1 : 1 + assisting],
        on=on,
    )


def part_of(item: Suggestion, unit: Unit) -> Handling:
    return item.handlings.get(unit=unit)


def signed(cast: Cast, **kwargs: Any) -> Handling:
    item = handed_over(cast, **kwargs)
    part = part_of(item, cast.units[0])
    return services.sign_receipt(handling_pk=part.pk, actor=cast.officer())


def contacted(cast: Cast, part: Handling) -> None:
    services.log_contact(
        handling_pk=part.pk,
        actor=cast.officer(),
        form="meeting",
        deputies=[cast.lead],
        content="面商了修路方案",
    )


def reply_data(cast: Cast, code: str = "A", **data: Any) -> dict[str, Any]:
    return {
        "body": "已经完成修补。",
        "reply_class": cast.classes[code],
        "contact_name": "赵科长",
        "contact_phone": "0700-1234567",
        "promise": "明年大修" if code == "B" else "",
        **data,
    }


def reply_drafted(cast: Cast, code: str = "A", *, part: Handling | None = None, **kwargs: Any):
    part = part or signed(cast, **kwargs)
    contacted(cast, part)
    services.draft_reply(handling_pk=part.pk, actor=cast.officer(), data=reply_data(cast, code))
    return Handling.objects.get(pk=part.pk)


def answered(cast: Cast, code: str = "A", **kwargs: Any) -> Suggestion:
    part = reply_drafted(cast, code, **kwargs)
    services.approve_reply(handling_pk=part.pk, actor=cast.leader())
    return Suggestion.objects.get(pk=part.suggestion_id)


def rate(cast: Cast, item: Suggestion, result: str = Rating.SATISFIED, **kwargs: Any) -> Suggestion:
    """Every deputy who has not yet rated the latest reply does so."""
    from suggestions.models import Appraisal  # noqa: PLC0415 - keeps the imports above short

    sheets = Appraisal.objects.filter(
        reply__handling__suggestion=item, appraised_on__isnull=True
    ).order_by("pk")
    for sheet in sheets:
        services.appraise_reply(
            appraisal_pk=sheet.pk,
            actor=sheet.deputy.user,
            process=kwargs.get("process", Rating.SATISFIED),
            result=result,
            words=kwargs.get("words", "没有解决"),
        )
    return Suggestion.objects.get(pk=item.pk)


def with_government(cast: Cast) -> HandlingRule:
    """The last unit is the government office, the optional middle step."""
    rule, _ = HandlingRule.objects.update_or_create(
        region=cast.county, defaults={"government_unit": cast.units[-1]}
    )
    return rule


def in_state(cast: Cast, state: str, **kwargs: Any) -> Suggestion:
    """A case brought to the state by the services, never by setting the field."""
    makers = {
        State.DRAFT: lambda: draft(cast, **kwargs),
        State.SUBMITTED: lambda: submitted(cast, **kwargs),
        State.RETURNED: lambda: services.return_suggestion(
            pk=submitted(cast, **kwargs).pk, actor=cast.office, comment="请补充情况"
        ),
        State.REFUSED: lambda: _refused(cast, **kwargs),
        State.WITHDRAWN: lambda: services.withdraw_suggestion(
            pk=submitted(cast, **kwargs).pk, actor=cast.lead.user, comment="另行提出"
        ),
        State.MERGED: lambda: services.merge_suggestion(
            pk=submitted(cast, **kwargs).pk,
            into_pk=accepted(cast).pk,
            actor=cast.office,
            comment="内容相同",
        ),
        State.ACCEPTED: lambda: accepted(cast, **kwargs),
        State.AT_GOVERNMENT: lambda: services.pass_to_government(
            pk=accepted(cast, **kwargs).pk, actor=cast.office
        ),
        State.HANDLING: lambda: handed_over(cast, **kwargs),
        State.ANSWERED: lambda: answered(cast, **kwargs),
        State.REDO: lambda: rate(cast, answered(cast, **kwargs), Rating.UNSATISFIED),
        State.TRACKING: lambda: rate(cast, answered(cast, "B", **kwargs)),
        State.CLOSED: lambda: rate(cast, answered(cast, **kwargs)),
    }
    item = makers[State(state)]()
    return Suggestion.objects.get(pk=item.pk)


def _refused(cast: Cast, **kwargs: Any) -> Suggestion:
    call_command("load_reference", verbosity=0)
    from suggestions.models import ReviewItem  # noqa: PLC0415 - only this state needs it

    item = ReviewItem.objects.filter(kind="refusal").first()
    return services.refuse_suggestion(
        pk=submitted(cast, **kwargs).pk, actor=cast.office, items=[item]
    )


def part_in_state(cast: Cast, state: str) -> Handling:
    """The lead unit's part in a state."""
    pk = handed_over(cast).handlings.get().pk
    if state == HandlingState.PENDING:
        return Handling.objects.get(pk=pk)
    if state == HandlingState.RELEASED:
        services.withdraw_suggestion(
            pk=Handling.objects.get(pk=pk).suggestion_id, actor=cast.office, comment="另行提出"
        )
        return Handling.objects.get(pk=pk)
    services.sign_receipt(handling_pk=pk, actor=cast.officer())
    if state in (HandlingState.RETURN_ASKED, HandlingState.RETURNED):
        services.ask_return(handling_pk=pk, actor=cast.officer(), comment="不属我局职责")
    if state == HandlingState.RETURNED:
        services.decide_return(handling_pk=pk, actor=cast.office, grants=True)
    if state in (HandlingState.REPLY_PENDING, HandlingState.ANSWERED):
        reply_drafted(cast, part=Handling.objects.get(pk=pk))
    if state == HandlingState.ANSWERED:
        services.approve_reply(handling_pk=pk, actor=cast.leader())
    return Handling.objects.get(pk=pk)


KINDS = Kind
