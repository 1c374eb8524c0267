"""Each step's form through its page: what it asks, what it says, what a stale one is told."""

import datetime as dt

import pytest
from django.urls import reverse

from congress_portal.core.enums import Role
from suggestions import services
from suggestions.enums import HandlingState, State
from suggestions.models import Appraisal, Handling, ReviewItem, Suggestion
from suggestions.services.taking import seen_of
from tests.factories import workflow as flow
from tests.factories.core import UserFactory

pytestmark = pytest.mark.django_db

TODAY = "2026-03-02"


@pytest.fixture
def cast(freeze):
    freeze(f"{TODAY} 09:00")
    return flow.make_cast()


def post(client, user, item, action, **data):
    client.force_login(user)
    address = reverse("suggestions:step", args=[item.pk, action])
    page = client.post(address, {"seen": seen_of(item), **data}, follow=True)
    assert page.status_code == 200
    return page


def post_part(client, user, part, action, **data):
    client.force_login(user)
    address = reverse("suggestions:part_step", args=[part.pk, action])
    page = client.post(address, {"seen": seen_of(part.suggestion, part), **data}, follow=True)
    assert page.status_code == 200
    return page


def state_of(item):
    return Suggestion.objects.get(pk=item.pk).state


def said(page):
    return [str(message) for message in page.context["messages"]]


def test_accepting_says_the_number(client, cast):
    page = post(client, cast.office, flow.submitted(cast), "accept", on=TODAY)

    assert said(page) == ["已受理，编号 2026年001。下一步：交办。"]


def test_return_lists_the_ticked_lines(client, cast):
    line = ReviewItem.objects.create(kind="quality", name="没有一事一议")
    item = flow.submitted(cast)

    empty = post(client, cast.office, item, "return")
    post(client, cast.office, item, "return", items=[line.pk], comment="请分开写")

    assert "请勾选要改的地方" in empty.text
    assert item.log.last().comment == "1. 没有一事一议\n请分开写"
    assert state_of(item) == State.RETURNED


def test_review_page_shows_text_checklist_and_similar(client, cast):
    ReviewItem.objects.create(kind="refusal", name="涉及解决个人问题")
    other, item = flow.accepted(cast), flow.submitted(cast)
    client.force_login(cast.office)

    page = client.get(reverse("suggestions:review", args=[item.pk]))

    assert "涉及解决个人问题" in page.text
    assert page.context["next_number"] == "002"
    assert [each.suggestion for each in page.context["similar"]] == [other]
    assert page.context["joinable"] == {other.pk}


def test_merge_picks_from_the_similar(client, cast):
    main, item = flow.accepted(cast), flow.submitted(cast)

    post(client, cast.office, item, "merge", into=main.pk, comment="同一条路")

    assert Suggestion.objects.get(pk=item.pk).merged_into == main


def test_hand_over_says_who_signs_until_when(client, cast):
    item = flow.accepted(cast)

    page = post(
        client, cast.office, item, "hand_over",
        lead=cast.units[0].pk, assisting=[cast.units[1].pk], on=TODAY,
    )  # fmt: skip

    names = f"{cast.units[0]}、{cast.units[1]}"
    assert said(page) == [f"已交{names}，请于 2026年3月11日（周三） 前签收。"]


def test_the_second_of_two_officers_reads_why_and_keeps_the_words(client, cast):
    item = flow.accepted(cast)
    services.hand_over(pk=item.pk, actor=cast.office, lead=cast.units[0])
    colleague = UserFactory(role=Role.STAFF, role__region=cast.county)

    page = post(
        client, colleague, item, "hand_over",
        lead=cast.units[1].pk, on=TODAY, comment="请抓紧办理",
    )  # fmt: skip

    assert "页面打开后情况已变" in page.text
    assert f"{cast.office}于03月02日 09:00「交办」" in page.text
    assert "请抓紧办理" in page.text
    assert Handling.objects.get().unit == cast.units[0]


def test_a_form_sent_twice_takes_one_step(client, cast):
    part = flow.signed(cast)
    data = {
        "on": TODAY, "form": "phone", "deputies": [cast.lead.pk], "content": "电话说明进度",
        "key": "6f1c1f4e-0b0b-4c57-9d7f-000000000001",
    }  # fmt: skip

    post_part(client, cast.officer(), part, "log_contact", **data)
    page = post_part(client, cast.officer(), part, "log_contact", **data)

    assert said(page) == ["这张表已经提交过，没有重复办理。"]
    assert part.contacts.count() == 1


def test_contact_form_offers_the_proposers_and_takes_others_by_name(client, cast):
    item = flow.handed_over(cast, cosigned=True)
    part = flow.part_of(item, cast.units[0])
    services.sign_receipt(handling_pk=part.pk, actor=cast.officer())
    client.force_login(cast.officer())

    form = client.get(reverse("suggestions:part_step", args=[part.pk, "log_contact"])).context[
        "form"
    ]
    post_part(
        client, cast.officer(), Handling.objects.get(pk=part.pk), "log_contact",
        on=TODAY, form="site", deputies=[cast.mate.pk], others="村支书老周", content="看了路面",
    )  # fmt: skip
    post_part(
        client, cast.officer(), Handling.objects.get(pk=part.pk), "log_contact",
        on=TODAY, form="site", deputies=[cast.stranger.pk], content="看了路面",
    )  # fmt: skip

    assert set(form.fields["deputies"].queryset) == {cast.lead, cast.mate}
    contact = part.contacts.get()
    assert (list(contact.deputies.all()), contact.others) == ([cast.mate], "村支书老周")
    assert item.log.last().comment == f"2026年03月02日现场，{cast.mate}；村支书老周"


def test_every_step_form_carries_what_was_seen(client, cast):
    part = flow.signed(cast)
    client.force_login(cast.officer())

    page = client.get(reverse("suggestions:part_step", args=[part.pk, "log_contact"]))
    bare = client.post(
        reverse("suggestions:part_step", args=[part.pk, "ask_return"]), {"comment": "不属我局"}
    )

    assert page.context["form"].initial["seen"] in page.text
    assert str(page.context["form"].initial["key"]) in page.text
    assert "请从建议的页面进入这一步。" in bare.text
    assert Handling.objects.get().state == HandlingState.UNDERWAY


def test_an_old_link_is_told_what_happened(client, cast):
    item = flow.handed_over(cast)
    client.force_login(cast.office)

    page = client.get(reverse("suggestions:step", args=[item.pk, "accept"]), follow=True)

    assert said(page)[0].startswith("「办理中」时不能「受理并编号」。最近一步：代表工委于")


def test_return_request_names_the_limit_and_is_refused_after_it(client, cast, freeze):
    item = flow.handed_over(cast)
    part = flow.part_of(item, cast.units[0])
    client.force_login(cast.officer())
    address = reverse("suggestions:part_step", args=[part.pk, "ask_return"])

    page = client.get(address)
    shown = page.context["form"].initial
    assert "2026年3月11日（周三）（还剩 9 天），逾期不再受理" in page.text
    freeze("2026-03-12 09:00")
    client.force_login(cast.officer())
    late = client.post(address, {**shown, "comment": "不属本局职责"})

    assert "退办期限是 2026年03月11日" in late.text
    assert "不属本局职责" in late.text


def test_returned_part_is_reassigned_to_another_unit(client, cast):
    item = flow.handed_over(cast)
    part = flow.part_of(item, cast.units[0])
    post_part(client, cast.officer(), part, "ask_return", comment="不属本局职责")
    part.refresh_from_db()
    post_part(client, cast.office, part, "grant_return")

    page = post(
        client, cast.office, item, "reassign",
        instead_of=part.pk, unit=cast.units[1].pk, on=TODAY, comment="改派",
    )  # fmt: skip

    assert said(page) == [f"已交{cast.units[1]}主办，请于 2026年3月11日（周三） 前签收。"]
    assert item.handlings.get(unit=cast.units[1]).share == "lead"


def test_extension_is_asked_and_granted(client, cast):
    part = flow.signed(cast)
    post_part(client, cast.officer(), part, "ask_extension", until="2026-08-01", comment="待批复")
    client.force_login(cast.office)

    form = client.get(reverse("suggestions:step", args=[part.suggestion_id, "extend"]))
    post(client, cast.office, part.suggestion, "extend", until="2026-07-15", comment="尽早")

    assert "待批复" in form.text
    assert Suggestion.objects.get().extended_to == dt.date(2026, 7, 15)


def test_reply_needs_a_contact_and_a_promise_for_b(client, cast):
    part = flow.signed(cast)
    data = {"body": "列入计划", "reply_class": cast.classes["B"].pk,
            "contact_name": "赵科长", "contact_phone": "0700-1"}  # fmt: skip

    first = post_part(client, cast.officer(), part, "draft_reply", **data)
    flow.contacted(cast, part)
    second = post_part(client, cast.officer(), part, "draft_reply", **data)
    post_part(client, cast.officer(), part, "draft_reply", promise="明年大修", **data)

    assert "答复前要先与代表联系沟通" in first.text
    assert "要写明承诺事项" in second.text
    assert Handling.objects.get().state == HandlingState.REPLY_PENDING


def test_leader_reads_the_draft_and_sends_it_back_with_words_kept(client, cast):
    part = flow.reply_drafted(cast)
    client.force_login(cast.leader())

    page = client.get(reverse("suggestions:part_step", args=[part.pk, "approve"]))
    post_part(client, cast.leader(), part, "send_back", comment="请写明时限")
    client.force_login(cast.officer())
    again = client.get(reverse("suggestions:part_step", args=[part.pk, "draft_reply"]))

    assert "已经完成修补。" in page.text
    assert "已经完成修补。" in again.text


def test_office_does_not_read_a_draft_of_the_unit(client, cast):
    part = flow.reply_drafted(cast)
    for user in (cast.office, cast.lead.user):
        client.force_login(user)

        page = client.get(reverse("suggestions:detail", args=[part.suggestion_id]))

        assert "已经完成修补。" not in page.text
        assert ("提请审批" in page.text) == (user == cast.office)


def test_sheet_asks_for_words_of_the_dissatisfied(client, cast):
    item = flow.answered(cast)
    sheet = Appraisal.objects.get()
    client.force_login(cast.lead.user)
    address = reverse("suggestions:appraise", args=[sheet.pk])
    data = {"was_contacted": "yes", "process": "satisfied", "result": "unsatisfied"}

    refused = client.post(address, data)
    done = client.post(address, {**data, "words": "没有修"}, follow=True)

    assert "不满意的请写明意见" in refused.text
    assert said(done) == ["已评价。不满意的件由主办单位重新办理，在重办期限内再次答复。"]
    assert state_of(item) == State.REDO


def test_unit_reads_the_sheet_but_may_not_fill_it(client, cast):
    flow.answered(cast)
    client.force_login(cast.officer())

    page = client.get(reverse("suggestions:appraise", args=[Appraisal.objects.get().pk]))

    assert page.status_code == 403


def test_look_back_reopens(client, cast):
    item = flow.in_state(cast, State.CLOSED)

    post(
        client, cast.lead.user, item, "look_back",
        on=TODAY, finding="unsolved", words="又坏了", deputies=cast.lead.name, reopen="on",
    )  # fmt: skip

    assert state_of(item) == State.REDO


def test_unknown_names_are_told(client, cast):
    item = flow.in_state(cast, State.CLOSED)

    page = post(
        client, cast.lead.user, item, "look_back",
        on=TODAY, finding="solved", words="好了", deputies="没有这人",
    )  # fmt: skip

    assert "没有找到代表「没有这人」" in page.text


AFTER = {
    "supervise": {"form": "meeting", "on": TODAY, "content": "开了督办会", "demand": "月底前修好"},
    "mark_key": {"is_key": "on", "comment": "民生实事"},
    "suspend": {"comment": "等待征地批复"},
    "withdraw": {"comment": "代表书面要求撤回"},
}


@pytest.mark.parametrize("action", AFTER)
def test_office_steps_on_a_case_in_hand(client, cast, action):
    item = flow.handed_over(cast)

    post(client, cast.office, item, action, **AFTER[action])

    assert item.log.last().action == action


def test_nomination_is_voted(client, cast):
    item = flow.in_state(cast, State.CLOSED)
    post(client, cast.lead.user, item, "nominate", year="2026", reason="推动修路")
    nomination = item.nominations.get()

    post(client, cast.office, item, "honour", nomination=nomination.pk, honoured="on", votes="31")

    nomination.refresh_from_db()
    assert (nomination.state, nomination.votes) == ("honoured", 31)


def test_promise_is_reclassified_to_the_end(client, cast):
    item = flow.in_state(cast, State.TRACKING)

    post(
        client, cast.office, item, "reclassify",
        reply_class=cast.classes["A"].pk, comment="已提前完成",
    )  # fmt: skip

    assert state_of(item) == State.CLOSED


def test_internal_note_is_read_by_the_office_alone(client, cast):
    item = flow.handed_over(cast)
    client.force_login(cast.office)
    client.post(reverse("suggestions:add_note", args=[item.pk]), {"text": "拟提请主任会议研究"})

    def reads(user):
        client.force_login(user)
        page = client.get(reverse("suggestions:detail", args=[item.pk]))
        return "拟提请主任会议研究" in page.text

    people = (cast.office, cast.lead.user, cast.officer(), cast.leader())
    assert [reads(user) for user in people] == [True, False, False, False]


def test_an_assisting_unit_is_released_a_lead_unit_is_not(client, cast):
    item = flow.handed_over(cast, assisting=1)
    lead, other = (flow.part_of(item, unit) for unit in cast.units[:2])

    refused = post_part(client, cast.office, lead, "release", comment="不用办")
    post_part(client, cast.office, other, "release", comment="不用会办")

    assert "主办单位不能直接撤销" in refused.text
    other.refresh_from_db()
    assert other.state == HandlingState.RELEASED


def test_bad_input_is_told_never_a_fault(client, cast):
    item = flow.accepted(cast)

    page = post(client, cast.office, item, "hand_over", lead="x", on="31.2.2026", assisting=["y"])

    assert page.context["form"].errors.keys() == {"lead", "on", "assisting"}
    assert state_of(item) == State.ACCEPTED
