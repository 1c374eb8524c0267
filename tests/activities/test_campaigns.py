"""Campaigns, tags and circulars: counted from records, written by their own office only."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from activities import services
from activities.enums import ActivityState, FindingKind
from activities.models import (
    Activity,
    Campaign,
    CampaignTask,
    Circular,
    CircularReceipt,
    Finding,
)
from activities.selectors import campaigns as selectors
from activities.services import CampaignError
from congress_portal.core.enums import Dictionary, Role, Verification
from congress_portal.core.models import Notice
from congress_portal.core.notices import Message, notify, unread_count
from congress_portal.core.scope import codes_above
from congress_portal.core.stale import StaleRecordError, fingerprint
from tests.factories.activities import ActivityFactory, ActivityFormFactory
from tests.factories.campaigns import (
    CampaignFactory,
    CampaignTaskFactory,
    CircularFactory,
    CircularReceiptFactory,
    TagFactory,
)
from tests.factories.core import (
    CountyFactory,
    EntryFactory,
    TownFactory,
    UnitFactory,
    UserFactory,
    staff,
    town_clerk,
)
from tests.factories.credit import ExchangePostFactory
from tests.factories.deputies import DeputyFactory, MandateFactory
from tests.factories.stations import StationFactory
from tests.factories.suggestions import OpinionFactory, SuggestionFactory
from tests.factories.uploads import PDF

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return TownFactory()


@pytest.fixture
def reader(town):
    """A deputy in office with an account."""
    deputy = DeputyFactory(town=town, user=UserFactory(role=Role.DEPUTY))
    MandateFactory(deputy=deputy)
    return deputy


# What a campaign counts


def test_a_campaign_counts_its_own_its_towns_and_its_theme(town):
    theme = EntryFactory(dictionary=Dictionary.THEME, name="聚力共同缔造")
    main = CampaignFactory(theme=theme, ends_on=dt.date(2026, 12, 31))
    sub = CampaignFactory(parent=main, region=town)
    other = CampaignFactory()
    people = [DeputyFactory(), DeputyFactory()]
    counted = [
        ActivityFactory(campaign=main, deputies=people),
        ActivityFactory(campaign=sub, region=town, deputies=people[:1]),
        ActivityFactory(theme=theme, region=town),
    ]
    ActivityFactory(theme=theme, campaign=other)
    ActivityFactory(theme=theme, held_on=dt.date(2026, 2, 28))
    ActivityFactory(campaign=main, verification=Verification.PENDING)

    assert set(selectors.activities_of(main)) == set(counted)
    total = selectors.total_of(selectors.activities_of(main))
    assert (total.activities, total.attendances) == (3, 3)
    [line] = selectors.sub_themes_of(main)
    assert (line.campaign, line.total.activities, line.total.attendances) == (sub, 1, 1)


def test_a_task_counts_activities_of_its_form():
    campaign = CampaignFactory()
    inspection = ActivityFormFactory()
    ActivityFactory.create_batch(2, campaign=campaign, form=inspection)
    ActivityFactory(campaign=campaign, form=ActivityFormFactory(name="座谈交流"))
    CampaignTaskFactory(campaign=campaign, form=inspection, target=3)
    CampaignTaskFactory(campaign=campaign, target=3)

    first, second = selectors.tasks_of(campaign)

    assert (first.done, str(first.rate), first.is_met) == (2, "66.7%（2/3）", False)
    assert (second.done, second.is_met) == (3, True)


def test_four_joint_steps_with_their_records(client, town):
    campaign = CampaignFactory(region=town)
    client.force_login(town_clerk(town))
    for kind in ("study", "deploy", "inspect"):
        data = {"kind": kind, "held_on": "2026-04-01", "content": f"会议 {kind}"}
        client.post(reverse("activities:campaign_step", args=[campaign.pk]), data)

    page = client.get(reverse("activities:campaign", args=[campaign.pk]))

    assert page.context["steps_done"] == 3
    assert "3/4" in page.text
    assert "■ 同落实" in page.text


def test_matrix_counts_each_cell_and_each_activity_once(client):
    enter, visit = TagFactory(name="进社区"), TagFactory(name="进企业")
    plan, share = (
        TagFactory(axis__name="五共", name="共谋"),
        TagFactory(axis__name="五共", name="共享"),
    )
    both, one, lacking = ActivityFactory(), ActivityFactory(), ActivityFactory()
    both.tags.set([enter, visit, plan])
    one.tags.set([enter, plan, share])
    lacking.tags.set([enter])
    client.force_login(staff())

    page = client.get(reverse("activities:matrix"), {"down": enter.axis_id, "across": plan.axis_id})

    matrix = page.context["matrix"]
    cells = {(row.tag.name, tag.name): n for row in matrix.rows for tag, n in row.cells}
    assert cells == {
        ("进社区", "共谋"): 2,
        ("进社区", "共享"): 1,
        ("进企业", "共谋"): 1,
        ("进企业", "共享"): 0,
    }
    assert (matrix.activities, matrix.without) == (2, 1)
    assert [row.total for row in matrix.rows] == [3, 1]
    opened = client.get(
        reverse("activities:list"),
        {"tag": enter.pk, "also_tag": plan.pk, "verification": "verified"},
    )
    assert set(opened.context["page"].object_list) == {both, one}


def test_tags_by_station(client):
    station = StationFactory()
    tag = TagFactory()
    for _ in range(2):
        ActivityFactory(station=station, region=station.region).tags.add(tag)
    client.force_login(staff())

    page = client.get(reverse("activities:matrix"), {"down": tag.axis_id, "across": tag.axis_id})

    [line] = page.context["by_station"]
    assert (line.station, line.cells) == (station, [(tag, 2)])


def test_output_of_an_activity(client):
    activity = ActivityFactory(title="视察供水工程")
    bare = ActivityFactory(title="座谈")
    for adopted in (True, True, None):
        Finding.objects.create(
            activity=activity, text="管网漏水", kind=FindingKind.PROBLEM, is_adopted=adopted
        )
    Finding.objects.create(activity=activity, text="加快工期", kind=FindingKind.OPINION)
    Finding.objects.create(activity=activity, text="常委会意见", kind=FindingKind.REVIEW)
    OpinionFactory(activity=activity, suggestion=SuggestionFactory())
    client.force_login(staff())

    page = client.get(reverse("activities:outputs"))

    lines = {row.title: output for row, output in page.context["page"].object_list}
    found = lines["视察供水工程"]
    assert (found.problems, found.opinions, found.adopted) == (3, 2, 2)
    assert (found.voices, found.suggestions) == (1, 1)
    assert lines[bare.title].is_empty
    assert page.text.count("没有提出问题或建议") == 1


# Who writes what


def test_a_sub_theme_stays_one_step_deep_and_inside():
    main = CampaignFactory()
    sub = CampaignFactory(parent=main, region=TownFactory())
    values = {
        "title": "再下一层",
        "region": sub.region,
        "parent": sub,
        "begins_on": dt.date(2026, 5, 1),
    }

    with pytest.raises(CampaignError, match="不能再是子主题"):
        services.save_campaign(actor=staff(), values=values)
    with pytest.raises(CampaignError, match="要在主题所在的区划里"):
        services.save_campaign(
            actor=staff(),
            values={
                **values,
                "parent": CampaignFactory(region=TownFactory()),
                "region": main.region,
            },
        )
    with pytest.raises(CampaignError, match="已有子主题"):
        services.save_campaign(
            actor=staff(),
            campaign_pk=main.pk,
            seen=fingerprint(main),
            values={"parent": CampaignFactory()},
        )


def test_the_page_saves_and_refuses_a_stale_edit(client, town):
    client.force_login(town_clerk(town))
    data = {"title": "云溪在行动", "region": town.pk, "begins_on": "2026-05-01", "parent": ""}
    client.post(reverse("activities:new_campaign"), data)
    campaign = Campaign.objects.get()
    address = reverse("activities:edit_campaign", args=[campaign.pk])
    seen = client.get(address).context["form"].initial["seen"]
    Campaign.objects.filter(pk=campaign.pk).update(summary="别人写的")

    page = client.post(address, {**data, "title": "改名", "seen": seen})

    assert "刚被别人改过" in page.text
    assert 'value="改名"' in page.text
    assert Campaign.objects.get().title == "云溪在行动"


def test_another_towns_campaign_is_read_but_not_written(client, town):
    campaign = CampaignFactory(region=TownFactory())
    client.force_login(town_clerk(town))

    assert client.get(reverse("activities:campaign", args=[campaign.pk])).status_code == 200
    for name in ("edit_campaign", "campaign_tasks", "campaign_step"):
        assert client.post(reverse(f"activities:{name}", args=[campaign.pk])).status_code == 403
    with pytest.raises(CampaignError):
        services.set_tasks(actor=town_clerk(town), campaign_pk=campaign.pk, tasks=[])


def test_tasks_become_exactly_those_of_the_page(client, town):
    campaign = CampaignFactory(region=town)
    gone = CampaignTaskFactory.create_batch(2, campaign=campaign)
    client.force_login(town_clerk(town))
    data = {
        "task-TOTAL_FORMS": 2,
        "task-INITIAL_FORMS": 2,
        "task-0-name": "只留这一项",
        "task-0-target": "5",
        "task-1-name": gone[1].name,
        "task-1-DELETE": "on",
    }

    client.post(reverse("activities:campaign_tasks", args=[campaign.pk]), data)

    task = CampaignTask.objects.get()
    assert (task.name, task.target, task.number) == ("只留这一项", 5, 1)


def test_a_deputy_may_not_write_campaigns(client, reader):
    client.force_login(reader.user)

    assert client.get(reverse("activities:new_campaign")).status_code == 403
    assert client.get(reverse("activities:new_circular")).status_code == 403


# Circulars


def test_a_circular_goes_once_to_the_deputies_of_its_place(client, reader, town):
    DeputyFactory()  # of another town, never in office
    outside = DeputyFactory()
    MandateFactory(deputy=outside, term=reader.mandates.get().term)
    circular = CircularFactory(region=town)
    client.force_login(town_clerk(town))
    address = reverse("activities:publish_circular", args=[circular.pk])

    first = client.post(address, follow=True)
    again = client.post(address, follow=True)

    assert "已发给 1 位在任代表" in first.text
    assert "早已发出" in again.text
    assert CircularReceipt.objects.get().deputy == reader
    assert Notice.objects.get().user == reader.user


def test_opening_marks_read_and_the_answer_is_kept(client, reader, town):
    circular = CircularFactory(region=town, wants_response=True)
    services.publish_circular(actor=town_clerk(town), circular_pk=circular.pk)
    client.force_login(reader.user)
    address = reverse("activities:circular", args=[circular.pk])

    client.get(address)
    first_read = CircularReceipt.objects.get().read_at
    client.post(address, {"response": "我每季度进一次网格。"})

    receipt = CircularReceipt.objects.get()
    assert receipt.read_at == first_read
    assert receipt.response == "我每季度进一次网格。"
    assert str(selectors.reading_of(circular).read) == "100.0%（1/1）"


def test_staff_see_who_has_not_read_unread_first(client, town):
    circular = CircularFactory(region=town)
    services.publish_circular(actor=town_clerk(town), circular_pk=circular.pk)
    now = Circular.objects.get().published_at
    CircularReceiptFactory(circular=circular, deputy=DeputyFactory(town=town), read_at=now)
    unread = CircularReceiptFactory(circular=circular, deputy=DeputyFactory(town=town))
    client.force_login(town_clerk(town))

    page = client.get(reverse("activities:circular", args=[circular.pk]))

    assert page.context["page"].object_list[0] == unread
    assert "50.0%（1/2）" in page.text
    assert "■ 未读" in page.text


def test_a_draft_circular_is_not_there_for_a_deputy(client, reader, town):
    circular = CircularFactory(region=town)
    client.force_login(reader.user)

    for name in ("circular", "circular_file"):
        address = reverse(f"activities:{name}", args=[circular.pk])
        assert client.get(address).status_code == 404
    assert not client.get(reverse("activities:circulars")).context["page"].object_list


def test_a_circular_that_was_not_sent_to_me_takes_no_answer(reader, town):
    circular = CircularFactory(region=TownFactory())
    services.publish_circular(actor=staff(), circular_pk=circular.pk)

    with pytest.raises(CampaignError, match="没有发给您"):
        services.respond_to_circular(actor=reader.user, circular_pk=circular.pk, response="好")


def test_what_was_given_out_is_not_changed(town):
    circular = CircularFactory(region=town)
    services.publish_circular(actor=staff(), circular_pk=circular.pk)
    circular.refresh_from_db()

    with pytest.raises(CampaignError, match="不能再改"):
        services.save_circular(
            actor=staff(),
            circular_pk=circular.pk,
            seen=fingerprint(circular),
            values={"title": "改"},
        )
    with pytest.raises(StaleRecordError):
        services.save_circular(
            actor=staff(), circular_pk=circular.pk, seen="old", values={"title": "改"}
        )


def test_a_file_that_is_not_what_it_says_is_refused(client):
    county = CountyFactory()
    client.force_login(staff())
    data = {
        "kind": "material",
        "title": "材料",
        "region": county.pk,
        "body": "",
        "file": SimpleUploadedFile("材料.pdf", b"<html>not a pdf</html>"),
    }

    page = client.post(reverse("activities:new_circular"), data)

    assert "和扩展名对不上" in page.text
    assert not Circular.objects.exists()
    good = SimpleUploadedFile("材料.pdf", PDF)
    client.post(reverse("activities:new_circular"), {**data, "file": good})
    assert Circular.objects.get().file


def test_text_or_file_is_needed(client):
    county = CountyFactory()
    client.force_login(staff())
    data = {"kind": "material", "title": "空材料", "region": county.pk, "body": " "}

    page = client.post(reverse("activities:new_circular"), data)

    assert "请写正文，或者附上文件" in page.text


@pytest.mark.parametrize(
    ("name", "make", "queries"),
    [
        ("campaigns", CampaignFactory, 6),
        ("circulars", CircularFactory, 6),
        ("outputs", ActivityFactory, 7),
    ],
)
@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_for_one_and_three(
    client, django_assert_num_queries, name, make, queries, rows
):
    make.create_batch(rows, region=CountyFactory())
    client.force_login(staff())
    client.get(reverse(f"activities:{name}"))

    with django_assert_num_queries(queries):
        page = client.get(reverse(f"activities:{name}"))

    assert len(page.context["page"].object_list) == rows


def test_a_planned_activity_counts_nowhere():
    campaign = CampaignFactory()
    ActivityFactory(
        campaign=campaign, state=ActivityState.PLANNED, verification=Verification.PENDING
    )

    assert not selectors.activities_of(campaign).exists()
    assert Activity.objects.count() == 1


def test_a_message_is_no_longer_new_once_answered_where_it_leads(client):
    """Refused words leave it new; the messages of others and of other things stay new."""
    town = TownFactory()
    one, two = (
        DeputyFactory(town=town, seat=True, user=UserFactory(role=Role.DEPUTY)) for _ in range(2)
    )
    circular = CircularFactory(region=town, wants_response=True)
    services.publish_circular(actor=staff(), circular_pk=circular.pk)
    notify([one.user], Message("else", "别处", link="/elsewhere/"))
    client.force_login(one.user)
    page = reverse("activities:circular", args=[circular.pk])

    client.post(page, {"response": ""})
    before = unread_count(one.user)
    client.post(page, {"response": "带头清理房前屋后"})

    assert before == 2
    assert unread_count(two.user) == 1
    assert [row.title for row in Notice.objects.filter(user=one.user).unread()] == ["别处"]


def test_staff_note_who_read_it_on_paper_and_what_was_said_by_phone(client):
    """Twelve of twenty acknowledged, though few of them ever sign in (M45)."""
    town = TownFactory()
    deputies = [DeputyFactory(town=town, seat=True) for _ in range(20)]
    circular = CircularFactory(region=town, wants_response=True)
    clerk = town_clerk(town)
    services.publish_circular(actor=clerk, circular_pk=circular.pk)
    receipts = {row.deputy_id: row for row in circular.receipts.all()}
    page = reverse("activities:circular", args=[circular.pk])
    client.force_login(clerk)

    shown = client.get(page, {"show": "unread"})
    ticked = [receipts[each.pk].pk for each in deputies[:12]]
    note = reverse("activities:circular_read_for", args=[circular.pk])
    noted = client.post(note, {"receipts": ticked}, follow=True)
    again = client.post(note, {"receipts": [*ticked, "x"]}, follow=True)
    answer = reverse("activities:circular_answer_for", args=[ticked[0]])
    empty = client.post(answer, {"response": " "})
    client.post(answer, {"response": "带头清理"})

    assert f'name="receipts" value="{ticked[0]}"' in shown.text
    assert str(selectors.reading_of(circular).read) == "60.0%（12/20）"
    assert "已代录 12 位代表读过" in noted.text
    assert "没有勾选还没有读的代表" not in noted.text
    assert "没有勾选还没有读的代表" in again.text
    assert empty.status_code == 200
    read = client.get(page, {"show": "answered"}).text
    assert f"（{clerk}代录）" in read
    assert "带头清理" in read


def test_a_neighbour_whose_code_begins_alike_is_not_below(client):
    """Town 100 is not over town 101, though «42129910» begins both."""
    circular = CircularFactory(
        region=TownFactory(code="421299100000"),
        published_at=dt.datetime(2026, 5, 1, tzinfo=dt.UTC),
    )
    client.force_login(town_clerk(TownFactory(code="421299101000")))

    page = client.get(reverse("activities:circular", args=[circular.pk]))

    assert page.status_code == 404
    assert codes_above("421299101200") == [
        "420000000000", "421200000000", "421299000000", "421299101000",
    ]  # fmt: skip
    assert codes_above("421290") == ["420000000000", "421200000000"]


def test_nobody_else_notes_and_the_deputys_own_words_stay(client):
    town = TownFactory()
    deputy = DeputyFactory(town=town, seat=True, user=UserFactory(role=Role.DEPUTY))
    circular = CircularFactory(region=town, wants_response=True)
    services.publish_circular(actor=town_clerk(town), circular_pk=circular.pk)
    receipt = circular.receipts.get()
    note = reverse("activities:circular_read_for", args=[circular.pk])
    answer = reverse("activities:circular_answer_for", args=[receipt.pk])

    for user, status in ((deputy.user, 403), (town_clerk(TownFactory()), 404)):
        client.force_login(user)
        assert client.post(note, {"receipts": [receipt.pk]}).status_code == status
        assert client.get(answer).status_code in (403, 404)
    receipt.refresh_from_db()
    assert receipt.read_at is None

    services.respond_to_circular(actor=deputy.user, circular_pk=circular.pk, response="我自己写的")
    client.force_login(town_clerk(town))
    page = client.post(answer, {"response": "代录的"})
    receipt.refresh_from_db()
    assert "代表自己已经回应" in page.text
    assert (receipt.response, receipt.noted_by) == ("我自己写的", None)


def test_bureaus_read_neither_circulars_nor_the_deputies_exchange(client):
    """Nor does a deputy of another town read what was not given to that deputy."""
    circular = CircularFactory(published_at=dt.datetime(2026, 5, 1, tzinfo=dt.UTC))
    post = ExchangePostFactory(state="published")
    bureau = UserFactory(role=Role.UNIT_OFFICER, role__unit=UnitFactory())
    given, other = (DeputyFactory(user=UserFactory(role=Role.DEPUTY)) for _ in range(2))
    inspector = UserFactory(role=Role.INSPECTOR, role__region=circular.region)
    leader = UserFactory(role=Role.LEADER, role__region=circular.region)
    below = town_clerk(TownFactory(parent=circular.region, code="421299107000"))
    CircularReceiptFactory(circular=circular, deputy=given)
    pages = [
        reverse("activities:circular", args=[circular.pk]),
        reverse("activities:exchange_post", args=[post.pk]),
    ]
    seen = {}
    for user in (bureau, given.user, other.user, inspector, leader, below, staff()):
        client.force_login(user)
        seen[user] = [client.get(page).status_code for page in pages]

    assert [first for first, _ in seen.values()] == [404, 200, 404, 404, 200, 200, 200]
    assert [second for _, second in seen.values()] == [404, *[200] * 6]


def test_a_circular_is_not_reworded_behind_its_pages(client):
    """What deputies acknowledged stays as they read it; the pages refuse a change as well."""
    circular = CircularFactory(region=TownFactory(), title="倡议书")
    client.force_login(town_clerk(circular.region))
    address = reverse("admin:activities_circular_change", args=[circular.pk])

    assert "倡议书" in client.get(address).text
    client.post(address, {"title": "另一份", "kind": circular.kind, "body": "换了"})

    circular.refresh_from_db()
    assert circular.title == "倡议书"
