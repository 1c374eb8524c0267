"""A scale on which a result rests stays as it is."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from activities.enums import BallotState
from activities.models import BallotScale
from activities.models.ballot import USED
from activities.selectors.scales import outcome, with_rules
from activities.services.scales import ScaleError, copy_scale
from congress_portal.core.audit import save_recorded
from congress_portal.core.enums import Role
from tests.factories.activities import DutyReportFactory
from tests.factories.core import UserFactory, staff
from tests.factories.supervision import BallotFactory, ScaleFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("by", ["ballot", "report"])
def test_a_used_scale_is_neither_changed_nor_deleted(client, by):
    scale, user = ScaleFactory(), staff()
    save_recorded(scale.rules.first())
    if by == "ballot":
        BallotFactory(scale=scale, state=BallotState.COUNTED)
    else:
        DutyReportFactory(scale=scale, announced_at=timezone.now())
    client.force_login(user)

    for row in (scale, scale.options.first(), scale.rules.first()):
        with pytest.raises(ValidationError):
            save_recorded(row)
        with pytest.raises(ValidationError):
            row.delete()

    page = reverse("admin:activities_ballotscale_change", args=[scale.pk])
    assert USED in client.get(page).text
    assert client.post(page, {"name": "改名"}).status_code == 403
    assert not BallotScale.objects.editable_by(user).filter(pk=scale.pk).exists()


def test_a_used_scale_is_copied_and_the_copy_may_be_changed(client):
    scale, user = ScaleFactory(), staff()
    BallotFactory(scale=scale, state=BallotState.COUNTED)
    client.force_login(user)
    page = reverse("admin:activities_ballotscale_changelist")
    data = {"action": "copy_selected", "_selected_action": [scale.pk]}

    first = client.post(page, data)
    client.post(page, data)

    copies = BallotScale.objects.exclude(pk=scale.pk).order_by("pk")
    assert [(row.name, row.is_active) for row in copies] == [
        ("满意三档（副本）", False),
        ("满意三档（副本2）", False),
    ]
    assert first.url == reverse("admin:activities_ballotscale_change", args=[copies[0].pk])
    assert client.get(first.url).status_code == 200
    assert BallotScale.objects.editable_by(user).filter(pk=copies[0].pk).exists()


def test_a_copy_decides_as_the_old_one_does_without_leaning_on_it():
    scale = ScaleFactory()
    copy = copy_scale(actor=staff(), scale_pk=scale.pk)
    old, new = (with_rules(BallotScale.objects.filter(pk=row.pk)).get() for row in (scale, copy))

    for votes in ([8, 1, 1], [1, 1, 8], [5, 5, 0]):
        assert outcome(new, votes, 10) == outcome(old, votes, 10)
    assert {rule.first.scale_id for rule in copy.rules.all()} == {copy.pk}
    assert {rule.last.scale_id for rule in copy.rules.all()} == {copy.pk}


def test_only_who_keeps_scales_copies_one(client):
    scale = ScaleFactory()
    leader = UserFactory(role=Role.LEADER)

    with pytest.raises(ScaleError):
        copy_scale(actor=leader, scale_pk=scale.pk)
    assert BallotScale.objects.count() == 1


def test_the_last_resort_is_said_in_words():
    scale = with_rules(BallotScale.objects.filter(pk=ScaleFactory().pk)).get()

    words = "按收回的有效票 10 张计算，不符合其他等次的条件"
    assert outcome(scale, [5, 5, 0], 10).basis == words
    assert "不低于 80%" in outcome(scale, [9, 1, 0], 10).basis
