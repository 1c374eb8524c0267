"""Activities that the office plans, and who is called to them."""

import datetime as dt

import factory
from django.utils import timezone

from activities.enums import ActivityState
from activities.models import Invitation, SupportItem
from congress_portal.core.enums import Verification
from tests.factories.activities import ActivityFactory
from tests.factories.deputies import DeputyFactory


class PlanFactory(ActivityFactory):
    """A plan for 2026-09-18; ``called`` deputies are on its list, ``state`` says if told."""

    class Meta:
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"第{n}次集中视察")
    held_on = dt.date(2026, 9, 18)
    begins_at = dt.time(9, 0)
    place = "县人大三楼会议室"
    reply_by = dt.date(2026, 9, 15)
    contact = "办公室 0729-4611234"
    state = ActivityState.PLANNED
    verification = Verification.PENDING

    @factory.post_generation
    def called(self, create, deputies, **kwargs):
        told = timezone.now() if self.state != ActivityState.PLANNED else None
        for deputy in deputies or ():
            InvitationFactory(activity=self, deputy=deputy, sent_at=told)


class InvitationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Invitation

    activity = factory.SubFactory(PlanFactory)
    deputy = factory.SubFactory(DeputyFactory, seat=True)


class SupportItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SupportItem

    deputy = factory.SubFactory(DeputyFactory)
    kind = "material"
    held_on = dt.date(2026, 9, 1)
    detail = "学习资料一套"
    verification = Verification.VERIFIED
