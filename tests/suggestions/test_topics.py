import datetime as dt

import pytest
from django.urls import reverse

from activities.models import Activity
from suggestions import services
from suggestions.enums import CallKind, TopicState
from suggestions.models import Call, Suggestion, TopicProposal
from suggestions.selectors import adopted_topics, task_lines
from suggestions.services import RefusedError
from tests.factories.core import EntryFactory, UserFactory
from tests.factories.workflow import answered, draft, make_cast, rate, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast(1)


@pytest.fixture
def call(cast):
    return Call.objects.create(
        region=cast.county,
        kind=CallKind.TOPICS,
        title="2027年监督议题征集",
        opens_on=dt.date(2020, 1, 1),
        closes_on=dt.date(2099, 1, 1),
    )


def test_five_topics_two_adopted(cast, call):
    topics = [
        services.propose_topic(call=call, actor=cast.lead.user, title=title)
        for title in ("养老服务", "校园食品安全", "通村公路")
    ]
    topics += [
        services.propose_topic(call=call, actor=cast.office, title="老人助餐", proposer=who)
        for who in ("李某", "王某")
    ]

    def decide(topic, state, **kwargs):
        services.decide_topic(topic_pk=topic.pk, actor=cast.office, state=state, **kwargs)

    decide(topics[3], TopicState.MERGED, merged_into=topics[0])
    decide(topics[4], TopicState.MERGED, merged_into=topics[0])
    decide(topics[0], TopicState.ADOPTED, plan_year=2027)
    decide(topics[1], TopicState.ADOPTED, plan_year=2027)
    decide(topics[2], TopicState.DROPPED, decision="已列入明年工程")

    assert [(t.title, t.merged.count()) for t in adopted_topics(2027)] == [
        ("养老服务", 2),
        ("校园食品安全", 0),
    ]


def test_a_decision_is_changed_with_its_reason(client, cast, call):
    first, second = (
        services.propose_topic(call=call, actor=cast.lead.user, title=title) for title in "甲乙"
    )

    def decide(topic, state, **kwargs):
        return services.decide_topic(topic_pk=topic.pk, actor=cast.office, state=state, **kwargs)

    decide(first, TopicState.ADOPTED, plan_year=2026)
    with pytest.raises(RefusedError, match="改变决定要写明理由"):
        decide(first, TopicState.ADOPTED, plan_year=2027)
    changed = decide(first, TopicState.ADOPTED, plan_year=2027, decision="年度写错")
    assert (changed.plan_year, list(adopted_topics(2026))) == (2027, [])
    decide(second, TopicState.MERGED, merged_into=first)
    with pytest.raises(RefusedError, match="已有别的议题并入"):
        decide(first, TopicState.DROPPED, decision="不采纳")
    client.force_login(cast.office)
    address = reverse("suggestions:topic", args=[first.pk])
    assert address in client.get(reverse("suggestions:call", args=[call.pk])).text
    far = {"state": "adopted", "plan_year": "2099", "decision": "改"}
    assert "之间的年份" in client.post(address, far).text


def test_topics_are_proposed_by_deputies_and_decided_by_the_office(cast, call):
    with pytest.raises(RefusedError, match="由代表提出"):
        services.propose_topic(call=call, actor=UserFactory(), title="养老")
    topic = services.propose_topic(call=call, actor=cast.lead.user, title="养老")

    assert TopicProposal.objects.visible_to(cast.mate.user).count() == 0
    with pytest.raises(TopicProposal.DoesNotExist):
        services.decide_topic(
            topic_pk=topic.pk, actor=cast.lead.user, state=TopicState.ADOPTED, plan_year=2027
        )
    with pytest.raises(RefusedError, match="不采纳要写明理由"):
        services.decide_topic(topic_pk=topic.pk, actor=cast.office, state=TopicState.DROPPED)


def test_closed_call_takes_no_topic(cast, call):
    with pytest.raises(RefusedError, match="不在进行"):
        services.propose_topic(
            call=call, actor=cast.lead.user, title="养老", on=dt.date(2099, 1, 2)
        )


def test_suggestions_are_counted_by_central_task(cast):
    works = EntryFactory(dictionary="central_task", name="十大工程")
    actions = EntryFactory(dictionary="central_task", name="八大行动")
    submitted(cast, themes=[works, actions])
    rate(cast, answered(cast, themes=[works]))
    draft(cast, themes=[works])

    lines = task_lines(Suggestion.objects.all(), Activity.objects.all())

    assert [(line.task.name, line.number) for line in lines] == [("十大工程", 2), ("八大行动", 1)]
    assert str(lines[0].rates.replied) == "100.0%（1/1）"
    assert lines[1].rates.handed_over == 0
