"""Review, numbering, merging, conversion, withdrawal."""

import pytest

from congress_portal.core.models import Notice
from suggestions import services
from suggestions.enums import HandlingState, Kind, ReviewKind, State
from suggestions.models import CoSigner, InternalNote, ReviewItem, Suggestion
from suggestions.services import RefusedError
from suggestions.workflow import CommentNeededError, NotYoursError
from tests.factories.suggestions import SuggestionFactory
from tests.factories.workflow import (
    accepted,
    answered,
    deputy_with_account,
    handed_over,
    make_cast,
    submitted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast(2)


def test_numbers_run_on_and_pass_over_imported_ones(cast):
    first = accepted(cast)
    SuggestionFactory(region=cast.county, year=first.year, number="096")

    second = accepted(cast)

    assert (first.number, second.number) == ("001", "097")


def test_motions_have_numbers_of_their_own(cast):
    accepted(cast)
    item = submitted(cast)
    Suggestion.objects.filter(pk=item.pk).update(kind=Kind.MOTION)

    services.accept_suggestion(pk=item.pk, actor=cast.office)

    assert Suggestion.objects.get(pk=item.pk).number == "议001"


@pytest.mark.parametrize(
    ("moment", "year"), [("2026-12-31 23:59", 2026), ("2027-01-01 00:00", 2027)]
)
def test_year_of_the_number_is_shanghais(freeze, moment, year):
    freeze("2026-11-20 09:00")
    cast = make_cast(1)
    item = submitted(cast)
    freeze(moment)

    done = services.accept_suggestion(pk=item.pk, actor=cast.office)

    assert (done.year, done.number) == (year, "001")


def test_number_of_the_paper_twin_is_taken_once(cast):
    item, other = submitted(cast), submitted(cast)
    services.accept_suggestion(pk=item.pk, actor=cast.office, number="030")

    with pytest.raises(RefusedError, match="同号"):
        services.accept_suggestion(pk=other.pk, actor=cast.office, number="030")

    assert Suggestion.objects.get(pk=other.pk).state == State.SUBMITTED


def test_return_lists_the_checklist_and_can_be_mended(cast):
    item = submitted(cast)
    line = ReviewItem.objects.create(kind=ReviewKind.QUALITY, name="建议不具体")

    services.return_suggestion(pk=item.pk, actor=cast.office, items=[line], comment="请写明路段")

    item.refresh_from_db()
    assert (item.state, item.submitted_on) == (State.RETURNED, None)
    assert item.log.latest("pk").comment == "1. 建议不具体\n请写明路段"
    services.save_draft(actor=cast.lead.user, pk=item.pk, data={"proposal": "修补三公里" * 6})
    assert services.submit_suggestion(pk=item.pk, actor=cast.lead.user).state == State.SUBMITTED


def test_return_without_reason_is_refused(cast):
    item = submitted(cast)

    with pytest.raises(CommentNeededError, match="要写明理由"):
        services.return_suggestion(pk=item.pk, actor=cast.office)


def test_refusal_names_a_kind(cast):
    item = submitted(cast)

    with pytest.raises(RefusedError, match="不予受理的情形"):
        services.refuse_suggestion(pk=item.pk, actor=cast.office, items=[])


def test_merged_proposers_are_answered_each(cast):
    main = accepted(cast)
    other_lead = deputy_with_account()
    twin = submitted(cast)
    Suggestion.objects.filter(pk=twin.pk).update(lead=other_lead)
    CoSigner.objects.create(suggestion=twin, deputy=cast.mate)

    services.merge_suggestion(pk=twin.pk, into_pk=main.pk, actor=cast.office, comment="同一条路")
    services.hand_over(pk=main.pk, actor=cast.office, lead=cast.units[0])
    part = main.handlings.get()
    services.sign_receipt(handling_pk=part.pk, actor=cast.officer())
    answered(cast, part=part)

    sheets = [(s.suggestion_id, s.deputy) for s in part.replies.get().appraisals.order_by("pk")]
    assert sheets == [(main.pk, cast.lead), (twin.pk, other_lead), (twin.pk, cast.mate)]


def test_merging_into_itself_is_refused(cast):
    item = accepted(cast)

    with pytest.raises(RefusedError, match="并入自己"):
        services.merge_suggestion(pk=item.pk, into_pk=item.pk, actor=cast.office, comment="相同")


def test_conversion_keeps_the_reason_and_renumbers(cast):
    item = accepted(cast)
    Suggestion.objects.filter(pk=item.pk).update(kind=Kind.MOTION, number="议001")

    services.convert_kind(pk=item.pk, actor=cast.office, comment="不属议案范围")

    item.refresh_from_db()
    assert (item.kind, item.number) == (Kind.SUGGESTION, "002")
    assert item.log.latest("pk").comment == "转为建议：不属议案范围（原编号议001，现编号002）"


def test_suggestion_becomes_a_motion_only_with_enough_signers(cast):
    item = accepted(cast)

    with pytest.raises(RefusedError, match="10 名以上代表"):
        services.convert_kind(pk=item.pk, actor=cast.office, comment="内容重大")


def test_withdrawal_releases_the_units(cast):
    item = handed_over(cast, assisting=1)

    services.withdraw_suggestion(pk=item.pk, actor=cast.lead.user, comment="问题已解决")

    item.refresh_from_db()
    assert item.state == State.WITHDRAWN
    assert set(item.handlings.values_list("state", flat=True)) == {HandlingState.RELEASED}
    assert Notice.objects.filter(user=cast.officer(), title__startswith="撤销交办").count() == 1
    assert Suggestion.objects.visible_to(cast.officer()).count() == 0


def test_internal_note_is_for_the_office_alone(cast):
    item = handed_over(cast)
    services.add_internal_note(pk=item.pk, actor=cast.office, text="与去年 12 号重复")

    for reader in (cast.lead.user, cast.officer(), cast.leader()):
        assert InternalNote.objects.visible_to(reader).count() == 0
    assert InternalNote.objects.visible_to(cast.office).count() == 1
    with pytest.raises(NotYoursError):
        services.add_internal_note(pk=item.pk, actor=cast.officer(), text="不同意")
