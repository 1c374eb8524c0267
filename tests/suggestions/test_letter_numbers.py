"""Reply letters and assisting opinions are numbered by unit and year, apart (RULES D2)."""

import pytest
from django.urls import reverse

from congress_portal.core.models import Unit
from suggestions import services
from suggestions.models import Handling, Letterhead, LetterSeries, Reply
from suggestions.reports.letters import letter_to_lead, reply_paper
from suggestions.services import RefusedError
from tests.factories import workflow as flow

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(freeze):
    freeze("2026-03-02 09:00")
    return flow.make_cast()


def _sign_out(cast, **data):
    part = flow.signed(cast)
    flow.contacted(cast, part)
    services.draft_reply(
        handling_pk=part.pk, actor=cast.officer(), data=flow.reply_data(cast, **data)
    )
    return services.approve_reply(handling_pk=part.pk, actor=cast.leader())


def _opine(cast, **kwargs):
    item = flow.handed_over(cast, assisting=1)
    part = flow.part_of(item, cast.units[1])
    services.sign_receipt(handling_pk=part.pk, actor=cast.officer(1))
    return services.give_opinion(
        handling_pk=part.pk, actor=cast.officer(1), opinion="支持修路。", **kwargs
    )


def test_each_unit_counts_from_one_each_year(cast, freeze):
    first, second = _sign_out(cast), _sign_out(cast)
    part = flow.reply_drafted(cast)
    freeze("2027-01-04 09:00")
    third = services.approve_reply(handling_pk=part.pk, actor=cast.leader())

    short = cast.units[0].short_name
    assert [each.letter_number for each in (first, second, third)] == [
        f"{short}建复〔2026〕1号",
        f"{short}建复〔2026〕2号",
        f"{short}建复〔2027〕1号",
    ]


def test_opinions_have_their_own_series(cast):
    _sign_out(cast)
    services.set_letterhead(
        actor=cast.leader(1), unit=cast.units[1], reply_prefix="安水建复", opinion_prefix="安水会"
    )

    assert [_opine(cast).opinion_number for _ in range(2)] == [
        "安水会〔2026〕1号",
        "安水会〔2026〕2号",
    ]


def test_a_number_of_the_units_own_register_is_kept_and_never_given_twice(cast):
    services.set_letterhead(actor=cast.leader(), unit=cast.units[0], reply_prefix="安交建")
    own = _sign_out(cast, letter_number="安交建〔2026〕1号")

    assert own.letter_number == "安交建〔2026〕1号"
    assert _sign_out(cast).letter_number == "安交建〔2026〕2号"
    with pytest.raises(RefusedError, match="文号 安交建〔2026〕1号 已经用过"):
        _sign_out(cast, letter_number="安交建〔2026〕1号")


def test_a_refused_reply_takes_no_number(cast):
    part = flow.signed(cast)
    with pytest.raises(Exception, match="不能"):
        services.approve_reply(handling_pk=part.pk, actor=cast.leader())

    assert LetterSeries.objects.count() == 0
    assert Reply.objects.count() == 0


def test_leader_in_charge_stands_on_the_letter(cast):
    services.set_letterhead(
        actor=cast.officer(), unit=cast.units[0], leader_name="陈局长", leader_phone="0700-1"
    )
    reply = _sign_out(cast)

    head = reply_paper(letter_to_lead(reply)).head

    assert head.number == reply.letter_number
    assert head.note == (
        f"签发人{cast.leader()}，负责人陈局长，电话0700-1，联系人赵科长，电话0700-1234567"
    )


def test_unit_keeps_its_letterhead_on_its_page(client, cast):
    address = reverse("suggestions:letterhead", args=[cast.units[0].pk])
    client.force_login(cast.officer())
    data = {"leader_name": "陈局长", "reply_prefix": "安交建复", "opinion_prefix": "安交建会"}

    same = client.post(address, {**data, "opinion_prefix": "安交建复"})
    page = client.post(address, data, follow=True)

    assert "答复函和会办意见的字号不能相同。" in same.text
    assert "已保存" in page.text
    assert Letterhead.objects.get().prefix_of("reply") == "安交建复"


@pytest.mark.parametrize("who", ["other_unit", "office", "deputy"])
def test_letterhead_is_not_there_for_others(client, cast, who):
    people = {
        "other_unit": cast.officer(1),
        "office": cast.office,
        "deputy": cast.lead.user,
    }
    client.force_login(people[who])

    page = client.get(reverse("suggestions:letterhead", args=[cast.units[0].pk]))

    assert page.status_code == 404


def test_strangers_set_no_letterhead(cast):
    with pytest.raises(Unit.DoesNotExist):
        services.set_letterhead(actor=cast.officer(1), unit=cast.units[0], leader_name="王")

    assert not Letterhead.objects.visible_to(cast.officer(1)).exists()
    assert Handling.objects.count() == 0
