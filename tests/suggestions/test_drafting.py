"""Writing: drafts that save themselves, co-signers, submission."""

import uuid

import pytest
from django.utils import timezone

from congress_portal.core.models import AuditEntry, Notice
from deputies.models import Mandate
from suggestions import services
from suggestions.enums import CoSignerState, Kind, Session, State
from suggestions.models import Suggestion, TransitionLog, Voice
from suggestions.services import ChangedMeanwhileError, RefusedError
from suggestions.workflow import NotYoursError
from tests.factories.core import TownFactory, UserFactory
from tests.factories.suggestions import VoiceFactory
from tests.factories.workflow import TEXT, deputy_with_account, draft, make_cast, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast(1)


def test_draft_saved_twice_with_one_key_is_one(cast):
    key = uuid.uuid4()

    first = services.save_draft(actor=cast.lead.user, draft_key=key, data={"title": "修路"})
    again = services.save_draft(actor=cast.lead.user, draft_key=key, data={"title": "修公路"})

    assert again.pk == first.pk
    assert Suggestion.objects.get().title == "修公路"
    assert (again.number, again.submitted_on, again.state) == ("", None, State.DRAFT)


def test_draft_saved_unchanged_leaves_no_entry(cast):
    item = draft(cast)
    before = AuditEntry.objects.count()

    services.save_draft(actor=cast.lead.user, pk=item.pk, data=TEXT)

    assert AuditEntry.objects.count() == before


def test_draft_from_an_older_page_is_refused(cast):
    item = draft(cast)
    seen = item.saved_at
    services.save_draft(actor=cast.lead.user, pk=item.pk, data={"title": "在手机上改的标题"})

    with pytest.raises(ChangedMeanwhileError, match="别处保存过"):
        services.save_draft(
            actor=cast.lead.user, pk=item.pk, data={"title": "旧页面"}, seen_saved_at=seen
        )

    assert Suggestion.objects.get().title == "在手机上改的标题"


def test_draft_of_another_does_not_exist(cast):
    item = draft(cast)

    for reader in (cast.mate.user, cast.office, cast.officer()):
        with pytest.raises(Suggestion.DoesNotExist):
            services.save_draft(actor=reader, pk=item.pk, data={"title": "改"})


def test_invited_deputy_reads_and_confirms(cast):
    item = draft(cast)
    services.invite_cosigners(pk=item.pk, actor=cast.lead.user, deputies=[cast.mate])
    assert Suggestion.objects.visible_to(cast.mate.user).count() == 1

    services.answer_invitation(pk=item.pk, actor=cast.mate.user, agrees=True)

    row = item.cosignatures.get()
    assert (row.state, row.on_paper) == (CoSignerState.CONFIRMED, False)
    assert Notice.objects.filter(user=cast.mate.user).count() == 1
    assert Notice.objects.filter(user=cast.lead.user).count() == 1


def test_invited_deputy_declines_and_sees_it_no_more(cast):
    item = draft(cast)
    services.invite_cosigners(pk=item.pk, actor=cast.lead.user, deputies=[cast.mate])

    services.answer_invitation(pk=item.pk, actor=cast.mate.user, agrees=False)

    assert Suggestion.objects.visible_to(cast.mate.user).count() == 0


def test_changed_text_asks_for_confirmation_again(cast):
    item = draft(cast)
    services.invite_cosigners(pk=item.pk, actor=cast.lead.user, deputies=[cast.mate])
    services.answer_invitation(pk=item.pk, actor=cast.mate.user, agrees=True)

    services.save_draft(actor=cast.lead.user, pk=item.pk, data={"proposal": "改成修桥" * 8})

    assert item.cosignatures.get().state == CoSignerState.INVITED


def test_submission_names_every_fault(cast):
    item = services.save_draft(actor=cast.lead.user, data={"title": "修路", "situation": "路坏了"})

    with pytest.raises(RefusedError) as refusal:
        services.submit_suggestion(pk=item.pk, actor=cast.lead.user)

    assert refusal.value.faults == [
        "标题至少写 6 个字，现在 2 个字。",
        "情况至少写 20 个字，现在 3 个字。",
        "分析至少写 10 个字，现在 0 个字。",
        "具体建议至少写 20 个字，现在 0 个字。",
        "请选择类别。",
        "请确认一件建议只写一个事项。",
    ]
    assert Suggestion.objects.get().state == State.DRAFT
    assert TransitionLog.objects.count() == 0


def test_submission_drops_invitations_not_answered(cast):
    item = draft(cast)
    services.invite_cosigners(pk=item.pk, actor=cast.lead.user, deputies=[cast.mate])

    services.submit_suggestion(pk=item.pk, actor=cast.lead.user)

    item.refresh_from_db()
    assert (item.state, item.submitted_on) == (State.SUBMITTED, timezone.localdate())
    assert item.cosignatures.count() == 0


def test_submitting_twice_makes_one_step(cast):
    item = submitted(cast)

    with pytest.raises(Exception, match=r"最近一步：.*「提交」"):
        services.submit_suggestion(pk=item.pk, actor=cast.lead.user)

    assert TransitionLog.objects.count() == 1


@pytest.mark.parametrize(("signers", "is_enough"), [(9, False), (10, True)])
def test_motion_needs_ten_county_deputies(cast, signers, is_enough):
    item = draft(cast, kind=Kind.MOTION, session=Session.PLENARY, reason="关于交通")
    mates = [deputy_with_account() for _ in range(signers - 1)]
    services.invite_cosigners(pk=item.pk, actor=cast.lead.user, deputies=mates)
    for mate in mates:
        services.answer_invitation(pk=item.pk, actor=mate.user, agrees=True)

    faults = services.submission_faults(item)

    assert faults == ([] if is_enough else ["议案要有 10 名以上代表联名，现在连同领衔代表 9 名。"])


def test_motion_is_put_to_a_session(cast):
    item = draft(cast, kind=Kind.MOTION, session=Session.INTERVAL, reason="关于交通")

    assert services.submission_faults(item)[0] == (
        "议案向大会提出，「提出时间」要选大会期间；闭会期间请提建议。"
    )


def test_motion_in_a_town_needs_five(cast):
    town = TownFactory()
    Mandate.objects.filter(deputy=cast.lead).update(region=town, level="town")
    item = draft(cast, kind=Kind.MOTION, session=Session.PLENARY, reason="关于交通")

    assert item.region == town
    assert services.submission_faults(item) == [
        "议案要有 5 名以上代表联名，现在连同领衔代表 1 名。"
    ]


def test_staff_enter_on_behalf_with_paper_signatures(cast):
    item = services.save_draft(
        actor=cast.office, on_behalf_of=cast.lead, data={**TEXT, "field": cast.field}
    )
    services.enter_paper_cosigner(pk=item.pk, actor=cast.office, deputy=cast.mate)

    done = services.submit_suggestion(pk=item.pk, actor=cast.office)

    assert (done.state, done.entered_on_behalf, done.lead) == (State.SUBMITTED, True, cast.lead)
    assert item.cosignatures.get().on_paper is True


def test_what_the_deputy_puts_forward_is_not_entered_on_behalf(cast):
    draft = services.save_draft(
        actor=cast.office, on_behalf_of=cast.lead, data={**TEXT, "field": cast.field}
    )

    done = services.submit_suggestion(pk=draft.pk, actor=cast.lead.user)

    assert (done.state, done.entered_on_behalf) == (State.SUBMITTED, False)


def test_deputy_cannot_enter_on_behalf(cast):
    with pytest.raises(NotYoursError):
        services.save_draft(actor=cast.mate.user, on_behalf_of=cast.lead, data=TEXT)


def test_stranger_to_the_congress_cannot_draft():
    with pytest.raises(Exception, match="没有对应的代表"):
        services.save_draft(actor=UserFactory(), data=TEXT)


def test_voice_becomes_a_draft_and_keeps_the_link(cast):
    voice = VoiceFactory(region=cast.county, field=cast.field)

    item = services.draft_from_voice(voice_pk=voice.pk, actor=cast.office, deputy=cast.lead)

    assert (item.situation, item.field) == (voice.matter, cast.field)
    assert list(item.sources.all()) == [voice]
    with pytest.raises(Exception, match="已经转成建议"):
        services.draft_from_voice(voice_pk=voice.pk, actor=cast.office, deputy=cast.lead)


def test_discarded_draft_frees_its_voice(cast):
    voice = VoiceFactory(region=cast.county)
    item = services.draft_from_voice(voice_pk=voice.pk, actor=cast.office, deputy=cast.lead)

    services.discard_draft(pk=item.pk, actor=cast.office)

    assert Voice.objects.get().suggestion is None


def test_control_marks_are_dropped(cast):
    draft = services.save_draft(actor=cast.lead.user, data={"situation": "坏\x00路\x0b\n难走"})

    assert draft.situation == "坏路\n难走"
