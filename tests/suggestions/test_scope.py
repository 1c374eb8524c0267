"""Who sees what of a case; nothing inner leaves it."""

import pytest
from django.core.files.base import ContentFile

from congress_portal.core.enums import Role
from deputies.enums import GroupKind
from suggestions import services
from suggestions.enums import State
from suggestions.models import (
    Appraisal,
    Attachment,
    Handling,
    InternalNote,
    Reply,
    ReplyDraft,
    Suggestion,
    TransitionLog,
)
from suggestions.selectors import open_list
from suggestions.services import RefusedError
from suggestions.workflow import NotYoursError
from tests.factories.core import TownFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import GroupFactory, GroupMembershipFactory
from tests.factories.uploads import PDF
from tests.factories.workflow import draft, in_state, make_cast, with_government

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


def _cast_of(cast):
    return {
        "office": cast.office,
        "whole office": staff(),
        "town": town_clerk(cast.lead.town),
        "other town": town_clerk(TownFactory()),
        "leader": UserFactory(role=Role.LEADER, role__region=cast.county),
        "lead": cast.lead.user,
        "cosigner": cast.mate.user,
        "deputy": cast.stranger.user,
        "unit": cast.officer(0),
        "unit leader": cast.leader(0),
        "other unit": cast.officer(1),
        "government": cast.officer(2),
        "stranger": UserFactory(),
    }


OFFICE = {"office", "whole office", "town", "leader"}
SIGNERS = {"lead", "cosigner"}
MATRIX = {
    State.DRAFT: {"lead", "cosigner"},
    State.SUBMITTED: OFFICE | SIGNERS,
    State.RETURNED: OFFICE | SIGNERS,
    State.REFUSED: OFFICE | SIGNERS,
    State.WITHDRAWN: OFFICE | SIGNERS,
    State.MERGED: OFFICE | SIGNERS,
    State.ACCEPTED: OFFICE | SIGNERS,
    State.AT_GOVERNMENT: OFFICE | SIGNERS | {"government"},
    State.HANDLING: OFFICE | SIGNERS | {"unit", "unit leader"},
    State.ANSWERED: OFFICE | SIGNERS | {"unit", "unit leader"},
    State.REDO: OFFICE | SIGNERS | {"unit", "unit leader"},
    State.TRACKING: OFFICE | SIGNERS | {"unit", "unit leader"},
    State.CLOSED: OFFICE | SIGNERS | {"unit", "unit leader"},
}


@pytest.mark.parametrize("state", State)
def test_suggestion_is_seen_by_its_people(cast, state):
    with_government(cast)
    kwargs = {} if state == State.DRAFT else {"cosigned": True}
    item = in_state(cast, state, **kwargs)
    if state == State.DRAFT:
        services.invite_cosigners(pk=item.pk, actor=cast.lead.user, deputies=[cast.mate])

    seen = {
        name
        for name, user in _cast_of(cast).items()
        if Suggestion.objects.visible_to(user).filter(pk=item.pk).exists()
    }

    assert seen == MATRIX[state]


def test_draft_entered_on_behalf_is_the_offices_too(cast):
    item = services.save_draft(actor=cast.office, on_behalf_of=cast.lead, data={"title": "代录"})

    seen = {
        name
        for name, user in _cast_of(cast).items()
        if Suggestion.objects.visible_to(user).filter(pk=item.pk).exists()
    }

    assert seen == {"office", "whole office", "lead"}


def test_published_one_opens_to_deputies_without_its_inside(cast):
    item = in_state(cast, State.CLOSED, consents_to_publication=True)
    services.add_internal_note(pk=item.pk, actor=cast.office, text="内部")
    assert open_list().count() == 0

    services.publish_suggestion(pk=item.pk, actor=cast.office)

    reader = cast.stranger.user
    assert Suggestion.objects.visible_to(reader).count() == 1
    assert Reply.objects.visible_to(reader).count() == 1
    for model in (TransitionLog, Appraisal, InternalNote, ReplyDraft, Attachment):
        assert model.objects.visible_to(reader).count() == 0
    assert Suggestion.objects.visible_to(cast.officer(1)).count() == 0
    assert [each.handlings.all()[0].public_replies[0].round for each in open_list()] == [1]


def test_nothing_is_published_without_consent(cast):
    item = in_state(cast, State.CLOSED)

    with pytest.raises(RefusedError, match="没有同意公开"):
        services.publish_suggestion(pk=item.pk, actor=cast.office)


def test_unit_reads_no_review(cast):
    item = in_state(cast, State.HANDLING)

    actions = TransitionLog.objects.visible_to(cast.officer(0)).values_list("action", flat=True)

    assert list(actions) == ["hand_over"]
    assert TransitionLog.objects.visible_to(cast.lead.user).count() == 3
    assert item.log.count() == 3


def test_specialist_group_sees_its_field_only(cast):
    group = GroupFactory(kind=GroupKind.PROFESSIONAL, field=cast.field)
    GroupMembershipFactory(group=group, deputy=cast.stranger)
    item = in_state(cast, State.HANDLING)
    other = in_state(cast, State.HANDLING)
    Suggestion.objects.filter(pk=other.pk).update(field=None)
    draft(cast)

    assert list(Suggestion.objects.visible_to(cast.stranger.user)) == [item]
    services.record_group_follow_up(
        pk=item.pk, actor=cast.stranger.user, group=group, content="现场看了", opinion="尽快开工"
    )
    assert item.group_follow_ups.get().group == group


def test_unit_edits_only_its_part(cast):
    item = in_state(cast, State.HANDLING)

    assert Suggestion.objects.editable_by(cast.officer(0)).count() == 0
    assert Handling.objects.editable_by(cast.officer(0)).count() == 1
    assert Handling.objects.editable_by(cast.officer(1)).count() == 0
    assert list(Suggestion.objects.editable_by(cast.office)) == [item]


def test_papers_are_checked_by_content_and_kept_once(cast):
    item = draft(cast)
    upload = {"pk": item.pk, "actor": cast.lead.user, "kind": "draft"}

    first = services.attach_file(upload=ContentFile(PDF, name="照片.pdf"), **upload)
    again = services.attach_file(upload=ContentFile(PDF, name="另存.pdf"), **upload)

    assert first.pk == again.pk
    with pytest.raises(RefusedError, match="文件内容不是 PDF"):
        services.attach_file(upload=ContentFile(b"MZ program", name="程序.pdf"), **upload)
    with pytest.raises(RefusedError, match="请用 PDF、Word"):
        services.attach_file(upload=ContentFile(PDF, name="程序.exe"), **upload)
    with pytest.raises(NotYoursError):
        services.attach_file(
            pk=item.pk, actor=cast.lead.user, kind="internal", upload=ContentFile(PDF, name="a.pdf")
        )


def test_internal_paper_stays_with_the_office(cast):
    item = in_state(cast, State.HANDLING)
    services.attach_file(
        pk=item.pk, actor=cast.office, kind="internal", upload=ContentFile(PDF, name="批示.pdf")
    )

    for reader in (cast.lead.user, cast.officer(0), cast.leader(0)):
        assert Attachment.objects.visible_to(reader).count() == 0
    assert Attachment.objects.visible_to(cast.office).count() == 1
