"""People's halls: three views, one becomes an issue; conclusion, what follows, announcement."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from activities.models import Activity, ActivityForm
from congress_portal.core.enums import Role
from congress_portal.core.models import Notice
from congress_portal.core.stale import StaleRecordError, fingerprint
from congress_portal.desk.selectors.waiting import waiting_for_staff
from suggestions.models import Hall, HallTask, HallView, Voice
from suggestions.services import halls as service
from suggestions.services.halls import HallError
from tests.factories.core import TownFactory, UnitFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory
from tests.factories.halls import HallFactory, HallTaskFactory, HallViewFactory
from tests.factories.stations import OfficerFactory, PostingFactory

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 10, 8)


@pytest.fixture(autouse=True)
def _clock(freeze):
    freeze("2026-10-08 10:00")


def post(client, name, *args, **data):
    return client.post(
        reverse(f"suggestions:{name}", args=args), {"key": str(uuid.uuid4()), **data}
    )


def conclude(hall, **more):
    given = {
        "topic": hall.topic, "conclusion": "先装三个单元", "concluded_on": DAY,
        "is_published": True, "seen": fingerprint(hall),
    }  # fmt: skip
    return service.conclude(actor=staff(), hall_pk=hall.pk, **given | more)


def test_a_deliberation_with_three_views_of_which_one_becomes_an_issue(client):
    deputy, unit = DeputyFactory(), UnitFactory()
    client.force_login(town_clerk(deputy.town))
    data = {"topic": "加装电梯", "held_on": "2026-10-08", "deputies": deputy.name}
    assert post(client, "new_hall", **data).status_code == 302
    hall = Hall.objects.get()
    assert (hall.activity.form.name, list(hall.activity.deputies.all())) == ("议事厅", [deputy])

    post(client, "hall_step", hall.pk, "view", speaker="deputy", deputy=deputy.pk, words="应当装")
    post(client, "hall_step", hall.pk, "view", speaker="voter", words="一楼怕挡光")
    post(client, "hall_step", hall.pk, "view", speaker="unit", unit=unit.pk, words="可以补贴")
    views = list(hall.views.all())
    assert [each.who for each in views] == [f"代表{deputy.name}", "选民（第2条意见）", str(unit)]

    answer = post(
        client, "hall_pass_on", views[1].pk,
        matter="一楼采光受影响", unit=unit.pk, measure="出采光评估", due_on="2026-10-30",
    )  # fmt: skip
    voice, task = Voice.objects.get(), HallTask.objects.get()
    assert answer.url == reverse("suggestions:voice_detail", args=[voice.pk])
    assert (voice.source, voice.activity, voice.unit) == ("hall", hall.activity, unit)
    assert (voice.hall_view, task.what, task.unit) == (views[1], "出采光评估", unit)

    page = client.get(reverse("suggestions:hall", args=[hall.pk])).content.decode()
    assert reverse("suggestions:voice_detail", args=[voice.pk]) in page
    back = client.get(reverse("suggestions:voice_detail", args=[voice.pk])).content.decode()
    assert reverse("suggestions:hall", args=[hall.pk]) in back


def test_a_view_becomes_a_voice_once():
    view = HallViewFactory()

    made = [service.voice_from_view(actor=staff(), view_pk=view.pk, matter="a") for _ in range(2)]

    assert made[0] == made[1]
    assert Voice.objects.count() == 1


def test_a_double_tap_makes_one_deliberation_and_one_view(client):
    client.force_login(staff())
    deputy, key = DeputyFactory(), str(uuid.uuid4())
    data = {"topic": "加装电梯", "held_on": "2026-10-08", "deputies": deputy.name, "key": key}
    for _ in range(2):
        assert post(client, "new_hall", **data).status_code == 302
    hall = Hall.objects.get()
    for _ in range(2):
        post(client, "hall_step", hall.pk, "view", speaker="voter", words="好", key=key)

    assert (Activity.objects.count(), HallView.objects.count()) == (1, 1)


def test_the_form_under_another_name_is_used(client):
    form = ActivityForm.objects.create(name="协商议事", synonyms="人民议事厅、议事")

    hall = service.open_hall(actor=staff(), topic="路", held_on=DAY, deputies=[DeputyFactory()])

    assert hall.activity.form == form


def test_another_town_enters_nothing_here():
    with pytest.raises(HallError, match="由举办地"):
        service.open_hall(
            actor=town_clerk(TownFactory()), topic="路", held_on=DAY, deputies=[DeputyFactory()]
        )
    assert not Activity.objects.exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"speaker": "deputy", "words": "好"}, "请选是哪个代表"),
        ({"speaker": "unit", "words": "好"}, "请选是哪个单位"),
        ({"speaker": "voter", "voter_name": "王五", "words": "好"}, "选民同意"),
        ({"speaker": "voter"}, ">意见</a>："),
    ],
)
def test_a_view_refuses(client, data, words):
    client.force_login(staff())

    page = post(client, "hall_step", HallFactory().pk, "view", **data)

    assert words in page.content.decode()
    assert not HallView.objects.exists()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"conclusion": "找 13812345678"}, "证件号码"),
        ({"conclusion": "照王小五说的办"}, "选民的姓名"),
        ({"concluded_on": dt.date(2026, 9, 1)}, "不能早于议事"),
        ({"seen": "old"}, None),
    ],
)
def test_concluding_refuses(more, words):
    view = HallViewFactory(voter_name="王小五", has_consent=True)

    with pytest.raises(HallError if words else StaleRecordError, match=words):
        conclude(view.hall, **more)


def test_what_is_announced_says_topic_and_conclusion_and_no_views(client):
    view = HallViewFactory(words="记号话", voter_name="记号王", has_consent=True)
    HallFactory(topic="没有公布的")
    conclude(view.hall)

    page = client.get(reverse("public:halls")).content.decode()

    assert "老旧小区加装电梯" in page
    assert "先装三个单元" in page
    assert not any(mark in page for mark in ("记号", "没有公布的"))


def test_what_follows_is_done_with_a_result(client):
    task = HallTaskFactory()
    client.force_login(staff())
    data = {"done_on": "2026-10-08", "result": "量完了", "seen": fingerprint(task)}

    assert post(client, "hall_task_done", task.pk, **data).status_code == 302
    again = post(client, "hall_task_done", task.pk, **data | {"result": "又量"})

    task.refresh_from_db()
    assert (task.done_on, task.result) == (DAY, "量完了")
    assert again.status_code == 200


def test_who_reads_and_who_keeps(client):
    view = HallViewFactory(voter_name="王小五", has_consent=True)
    hall, task = view.hall, HallTaskFactory(hall=view.hall)
    names = [
        ("hall", hall.pk), ("hall_step", hall.pk, "view"), ("hall_minutes", hall.pk),
        ("hall_task_done", task.pk), ("hall_pass_on", view.pk),
    ]  # fmt: skip
    client.force_login(UserFactory())
    for name, *args in names:
        assert client.get(reverse(f"suggestions:{name}", args=args)).status_code == 404
    assert client.get(reverse("suggestions:new_hall")).status_code == 403

    deputy = DeputyFactory(user=UserFactory(role="deputy"))
    hall.activity.attendances.create(deputy=deputy)
    client.force_login(deputy.user)
    page = client.get(reverse("suggestions:hall", args=[hall.pk])).content.decode()
    assert "选民王" in page
    assert "王小五" not in page
    assert "记一条意见" not in page
    assert client.get(reverse("suggestions:hall_pass_on", args=[view.pk])).status_code == 403


def test_the_minutes_are_a_pdf(client):
    view = HallViewFactory()
    HallTaskFactory(hall=view.hall)
    client.force_login(staff())

    answer = client.get(reverse("suggestions:hall_minutes", args=[view.hall_id]))

    assert answer.content.startswith(b"%PDF")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_lists_ask_the_same_number_of_queries(client, django_assert_num_queries, rows):
    for _ in range(rows):
        HallViewFactory(hall=HallFactory(is_published=True))
    client.force_login(staff())
    client.get(reverse("suggestions:halls"))

    with django_assert_num_queries(5):
        client.get(reverse("suggestions:halls"))
    with django_assert_num_queries(5):
        client.get(reverse("public:halls"))


def test_the_unit_of_a_view_that_became_a_voice_has_it(client):
    view = HallViewFactory(words="装电梯谁出钱")
    unit = UnitFactory()
    clerk = UserFactory(role=Role.UNIT_OFFICER, role__unit=unit)
    voice = service.voice_from_view(
        actor=staff(), view_pk=view.pk, matter=view.words, unit=unit, measure="列入计划",
        due_on=dt.date(2026, 11, 1),
    )  # fmt: skip

    client.force_login(clerk)
    assert "装电梯谁出钱" in client.get("/").text
    assert client.get(reverse("suggestions:voice_detail", args=[voice.pk])).status_code == 200
    assert voice.parts.get().due_on == dt.date(2026, 11, 1)


def test_numbers_of_people_do_not_go_into_the_minutes():
    hall = HallFactory()
    values = {"speaker": "voter", "words": "我的电话13912345678", "voter_name": ""}
    with pytest.raises(HallError, match="请删去"):
        service.add_view(actor=staff(), hall_pk=hall.pk, values=values)
    with pytest.raises(HallError, match="请删去"):
        service.open_hall(
            actor=staff(), topic="电梯", held_on=dt.date(2026, 10, 1), deputies=[],
            observers="张三 13912345678",
        )  # fmt: skip


def test_nothing_is_announced_without_a_conclusion():
    hall = HallFactory(conclusion="", concluded_on=None)
    with pytest.raises(HallError, match="写了议定事项才能公布"):
        service.conclude(
            actor=staff(), hall_pk=hall.pk, topic=hall.topic, conclusion="", concluded_on=None,
            is_published=True, seen=fingerprint(hall),
        )  # fmt: skip


def test_a_view_entered_twice_is_taken_out_unless_it_became_a_voice(client):
    hall = HallFactory()
    first, twice, kept = (HallViewFactory(hall=hall, serial=n) for n in (1, 2, 3))
    service.voice_from_view(actor=staff(), view_pk=kept.pk, matter="挡光")
    client.force_login(UserFactory(role=Role.UNIT_OFFICER, role__unit=UnitFactory()))
    assert post(client, "hall_drop_view", twice.pk).status_code == 404

    client.force_login(staff())
    post(client, "hall_drop_view", twice.pk)
    told = client.post(reverse("suggestions:hall_drop_view", args=[kept.pk]), follow=True)

    assert "已经转为群众意见" in told.text
    assert list(hall.views.values_list("pk", "serial")) == [(first.pk, 1), (kept.pk, 2)]


def test_who_keeps_a_station_names_the_deputies_posted_there(client):
    """The account of a station reads no roster, and could register no hall for want of a name."""
    officer = OfficerFactory(user=UserFactory(role=Role.STATION_OFFICER))
    posted = PostingFactory(station=officer.station, deputy__name="宋鑫海").deputy
    DeputyFactory(name="外镇人")
    client.force_login(officer.user)
    data = {"topic": "加装电梯", "held_on": "2026-10-08", "station": officer.station_id}

    refused = post(client, "new_hall", **data, deputies="外镇人")
    post(client, "new_hall", **data, deputies="宋鑫海")

    assert "没有找到代表" in refused.text
    assert list(Hall.objects.get().activity.deputies.all()) == [posted]
    offered = client.get(reverse("suggestions:new_deed")).context["form"].fields["deputy"].queryset
    assert list(offered) == [posted]


def test_the_unit_hears_what_the_hall_set_it():
    unit = UnitFactory()
    officer = UserFactory(role=Role.UNIT_OFFICER, role__unit=unit)
    hall = HallFactory()
    values = {"what": "评估采光", "unit": unit, "due_on": dt.date(2026, 10, 30)}

    service.add_task(actor=staff(), hall_pk=hall.pk, values=values)

    notice = Notice.objects.get(user=officer)
    assert (notice.title, notice.link) == ("议事定的后续请您单位办理：评估采光", "")
    assert "2026年10月30日前" in notice.body


def test_what_was_to_follow_reminds_once_when_it_is_late(client, freeze):
    town = TownFactory()
    clerk, unit = town_clerk(town), UnitFactory()
    officer = UserFactory(role=Role.UNIT_OFFICER, role__unit=unit)
    late = HallTaskFactory(hall=HallFactory(activity__region=town), unit=unit)
    done = {"done_on": dt.date(2026, 10, 1), "result": "已办"}
    HallTaskFactory(hall=HallFactory(activity__region=town), **done)
    after = dt.date(2026, 10, 21)
    assert service.remind_of_hall_tasks(dt.date(2026, 10, 20))["议定后续过了时限"] == 0
    assert service.remind_of_hall_tasks(after)["议定后续过了时限"] == 2
    assert service.remind_of_hall_tasks(after)["议定后续过了时限"] == 0
    links = dict(Notice.objects.values_list("user", "link"))
    assert links == {officer.pk: "", clerk.pk: f"/halls/{late.hall_id}/"}

    freeze("2026-10-21 10:00")
    client.force_login(clerk)
    row = next(
        each for each in waiting_for_staff(clerk, after) if each.name == "后续过了时限的议事"
    )
    assert row.count == 1
    assert list(client.get(row.address).context["page"]) == [late.hall]
    assert "已超期" in client.get(reverse("suggestions:hall", args=[late.hall_id])).text
