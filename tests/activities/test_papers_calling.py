"""What is printed and copied for an activity, the letters' numbers, the ledger, the calendars."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from django.urls import reverse
from docx import Document
from icalendar import Calendar
from pypdf import PdfReader

from activities.enums import ActivityState, Answer, Presence, SupportKind
from activities.models import Attendance, CalendarFeed, ContactRule, SupportItem
from activities.reports.brief import brief_of, brief_paper
from activities.reports.chat import group_text, reminder_text
from activities.reports.letters import employer_paper, letter_of, notice_paper
from activities.reports.lists import phone_list, sign_in_sheet
from activities.selectors.calling import called_to
from activities.services.support import issue_letters, unit_of
from activities.workflow import NotYoursError
from congress_portal.core.documents.pdf import render_html
from congress_portal.core.enums import AuditAction, Role
from congress_portal.core.models import AuditEntry
from tests.factories.activities import ActivityFormFactory
from tests.factories.calling import PlanFactory, SupportItemFactory
from tests.factories.core import CountyFactory, TownFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory
from tests.factories.stations import OfficerFactory, StationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(freeze):
    freeze("2026-09-10 09:00")
    town = TownFactory(name="云溪镇")
    people = [
        DeputyFactory(
            name=name, town=town, employer=employer, phone="13800001234", seat=True,
            user=UserFactory(role=Role.DEPUTY),
        )
        for name, employer in (("张伟", "县医院医生"), ("李静", "柳林村养殖户"))
    ]  # fmt: skip
    return PlanFactory(
        title="饮水安全视察", region=CountyFactory(), called=people, state=ActivityState.NOTIFIED,
        ends_at=dt.time(11, 30), notice="先看水厂，再座谈。",
    )  # fmt: skip


@pytest.fixture
def office(plan):
    return staff(role__region=CountyFactory())


# Words


def test_text_for_the_chat_group(plan):
    assert group_text(plan).splitlines() == [
        "【活动通知】饮水安全视察",
        "时间：9月18日（周五） 09:00–11:30",
        "地点：县人大三楼会议室",
        "先看水厂，再座谈。",
        "请各位代表9月15日（周二）前在平台「活动邀请」里回执，或打电话告知。",
        "联系人：办公室 0729-4611234",
        "安澜县人大常委会代表工作委员会",
    ]


def test_reminder_names_only_those_without_a_receipt(plan):
    plan.invitations.filter(deputy__name="张伟").update(answer=Answer.ACCEPTED)

    text = reminder_text(plan, called_to(plan), dt.date(2026, 9, 10))
    plan.invitations.update(answer=Answer.ACCEPTED)

    assert "还没有收到李静的回执，请9月15日（周二）前回复" in text
    assert reminder_text(plan, called_to(plan), dt.date(2026, 9, 10)) == ""


@pytest.mark.parametrize(
    ("employer", "unit"),
    [
        ("县医院医生", "县医院"),
        ("云溪镇农业服务中心副主任", "云溪镇农业服务中心"),
        ("商贸公司董事长", "商贸公司"),
        ("县水务公司", "县水务公司"),
        ("柳林村养殖户", ""),
        ("", ""),
    ],
)
def test_unit_is_read_from_unit_and_post(employer, unit):
    assert unit_of(employer) == unit


# Telephone list


def test_phones_are_masked_until_a_reason_is_given_and_kept(client, plan, office):
    client.force_login(office)
    address = reverse("activities:phones", args=[plan.pk])

    masked = client.get(address).text
    refused = client.post(address, {"reason": "", "then": "show"}).text
    shown = client.post(address, {"reason": "电话通知视察", "then": "show"}).text

    assert "13800001234" not in masked + refused
    assert "138****1234" in masked
    assert "请写明用途" in refused
    assert shown.count("13800001234") == 4  # two links
    entry = AuditEntry.objects.get(action=AuditAction.UNMASK)
    assert (entry.reason, entry.object_key) == ("电话通知视察", str(plan.pk))


def test_phones_out_of_the_staffs_scope_stay_masked(client, plan):
    clerk = town_clerk(TownFactory())
    station = StationFactory(region=clerk.assignments[0].region)
    plan.station, plan.region = station, clerk.assignments[0].region
    plan.save()
    client.force_login(clerk)

    address = reverse("activities:phones", args=[plan.pk])
    page = client.post(address, {"reason": "电话通知视察", "then": "show"})

    assert "138****1234" in page.text
    assert "13800001234" not in page.text


def test_phone_list_prints_whom_the_notice_has_not_reached(client, plan, office):
    plan.invitations.filter(deputy__name="张伟").update(answer=Answer.ACCEPTED)
    client.force_login(office)
    address = reverse("activities:phones", args=[plan.pk])

    file = client.post(address, {"reason": "电话通知视察", "then": "pdf"})

    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(file.content)).pages)
    assert "李静" in text
    assert "13800001234" in text
    assert "张伟" not in text
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {AuditAction.UNMASK, AuditAction.EXPORT} <= actions


# Papers


def test_sign_in_sheet_has_leave_and_spare_lines(plan):
    leave = {"answer": Answer.LEAVE_GRANTED, "leave_kind": "ill"}
    plan.invitations.filter(deputy__name="李静").update(**leave)

    html = render_html(sign_in_sheet(plan, called_to(plan)))

    assert "应到1人　实到　　人" in html
    assert "请假（因病）" in html
    assert html.count("<tr") == 1 + 2 + 4


def test_notice_paper_lists_all_who_are_called(plan):
    html = render_html(notice_paper(plan, called_to(plan)))

    for words in ("2026年9月18日（星期五）", "各有关代表：", "先看水厂，再座谈。", "参加代表名单"):
        assert words in html.replace("<span class=nb>", "").replace("</span>", "")
    assert html.index("李静") < html.index("张伟")


@pytest.fixture
def held(plan):
    for serial, (row, presence, speech) in enumerate(
        zip(called_to(plan), ("leave", "present"), ("", "建议增加水质检测"), strict=True)
    ):
        Attendance.objects.create(
            activity=plan, deputy=row.deputy, presence=presence, speech=speech, serial=serial
        )
    plan.state, plan.content, plan.result = ActivityState.HELD, "看了水厂。", "当场答复3条。"
    plan.save()
    return plan


def test_brief_is_filled_from_the_record(held):
    brief = brief_of(held)
    html = render_html(brief_paper(brief)).replace("<span class=nb>", "").replace("</span>", "")

    assert (brief.present, brief.on_leave) == (("张伟",), ("李静",))
    for words in (
        "人大代表1人参加：张伟。",
        "请假1人。",
        "张伟：建议增加水质检测",
        "看了水厂。",
    ):
        assert words in html
    assert Presence.PRESENT


@pytest.mark.parametrize("name", ["sign_in", "notice_paper", "brief"])
@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_papers_are_real_files(client, held, office, name, kind):
    client.force_login(office)

    file = client.get(reverse(f"activities:{name}", args=[held.pk, kind])).content

    if kind == "pdf":
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(file)).pages)
    else:
        document = Document(io.BytesIO(file))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        text = "".join([*(p.text for p in document.paragraphs), *cells])
    assert "饮水安全视察" in text
    assert "张伟" in text


def test_there_is_no_brief_before_it_was_held(client, plan, office):
    client.force_login(office)

    assert client.get(reverse("activities:brief", args=[plan.pk, "pdf"])).status_code == 404


# Letters to employers (M121)


def _addressed(plan, *names):
    rows = {row.deputy.name: row.deputy_id for row in called_to(plan)}
    return {rows[name]: f"{name}的单位" for name in names}


def test_letters_are_numbered_in_one_series_and_once(plan, office):
    ContactRule.objects.create(region=CountyFactory(), letter_word="安人代函")
    other = PlanFactory(region=CountyFactory(), called=[DeputyFactory(seat=True)], state="notified")

    first = issue_letters(actor=office, activity_pk=plan.pk, addressed=_addressed(plan, "张伟"))
    again = issue_letters(
        actor=office, activity_pk=plan.pk, addressed=_addressed(plan, "张伟", "李静")
    )
    third = issue_letters(
        actor=office, activity_pk=other.pk,
        addressed={other.invitations.get().deputy_id: "县医院"},
    )  # fmt: skip

    assert [each.number for each in again] == ["安人代函〔2026〕1号", "安人代函〔2026〕2号"]
    assert again[0] == first[0]
    assert third[0].number == "安人代函〔2026〕3号"
    assert SupportItem.objects.filter(kind=SupportKind.LETTER).count() == 3


def test_letter_says_who_when_and_by_which_law(plan, office):
    item = issue_letters(
        actor=office, activity_pk=plan.pk, addressed=_addressed(plan, "张伟")
    )[0]  # fmt: skip
    paper = employer_paper(letter_of(SupportItem.objects.get(pk=item.pk)))
    html = render_html(paper).replace("<span class=nb>", "").replace("</span>", "")

    for words in (
        "张伟的单位：",
        "张伟同志系安澜县第十八届人民代表大会代表",
        "2026年9月18日（星期五）09:00至11:30在县人大三楼会议室",
        "第四十条、第四十一条",
        "〔2026〕1号",
    ):
        assert words in html


def test_letters_page_issues_prints_and_bundles(client, plan, office):
    client.force_login(office)
    address = reverse("activities:letters", args=[plan.pk])
    rows = {row.deputy.name: row.deputy_id for row in called_to(plan)}
    page = client.get(address)
    form = page.context["form"]

    assert form[f"unit_{rows['张伟']}"].value() == "县医院"
    assert form[f"tick_{rows['李静']}"].value() is False
    fault = client.post(address, {f"tick_{rows['李静']}": "on"})
    data = {f"tick_{rows['张伟']}": "on", f"unit_{rows['张伟']}": "县人民医院"}
    for _ in range(2):
        client.post(address, data)

    assert "请填写收函单位" in fault.text
    item = SupportItem.objects.get()
    assert (item.detail, item.activity, item.verification) == ("县人民医院", plan, "verified")
    letter = client.get(reverse("activities:letter", args=[item.pk, "pdf"])).content
    assert len(PdfReader(io.BytesIO(letter)).pages) == 1
    bundle = client.get(reverse("activities:all_letters", args=[plan.pk])).content
    assert zipfile.ZipFile(io.BytesIO(bundle)).namelist() == ["001-张伟.pdf"]


def test_station_officer_writes_no_letters(plan):
    officer = UserFactory(role=Role.STATION_OFFICER)
    plan.station = StationFactory(region=TownFactory())
    plan.save()
    OfficerFactory(station=plan.station, user=officer)

    with pytest.raises(NotYoursError):
        issue_letters(actor=officer, activity_pk=plan.pk, addressed=_addressed(plan, "张伟"))

    assert not SupportItem.objects.exists()


# Ledger


@pytest.mark.parametrize("rows", [1, 3])
def test_ledger_asks_a_fixed_number_of_queries(client, django_assert_num_queries, rows):
    SupportItemFactory.create_batch(rows)
    TownFactory.create_batch(2)
    client.force_login(staff())

    with django_assert_num_queries(8):
        page = client.get(reverse("activities:support"))

    assert page.context["page"].paginator.count == rows


def test_deputy_reads_the_own_lines_and_a_clerk_the_towns(client):
    deputy = DeputyFactory(user=UserFactory(role=Role.DEPUTY))
    own, other = SupportItemFactory(deputy=deputy), SupportItemFactory()

    def listed(user):
        client.force_login(user)
        return set(client.get(reverse("activities:support")).context["page"].object_list)

    assert listed(deputy.user) == {own}
    assert listed(town_clerk(other.deputy.town)) == {other}
    assert listed(UserFactory()) == set()
    letter = reverse("activities:letter", args=[own.pk, "pdf"])
    assert client.get(letter).status_code == 404


def test_subsidy_is_entered_once_with_its_amount(client):
    deputy = DeputyFactory(name="欧阳䶮")
    client.force_login(town_clerk(deputy.town))
    address = reverse("activities:new_support")
    key = str(client.get(address).context["form"].initial["key"])
    data = {
        "deputy": "欧阳䶮",
        "kind": "subsidy",
        "held_on": "2026-09-01",
        "detail": "误工",
        "key": key,
    }

    fault = client.post(address, data)
    for _ in range(2):
        client.post(address, data | {"amount": "120.50"})

    assert "误工补贴请填写金额" in fault.text
    assert str(SupportItem.objects.get().amount) == "120.50"


def test_ledger_as_excel_has_what_the_filter_left(client):
    SupportItemFactory(kind="subsidy", amount=100, detail="误工补贴")
    SupportItemFactory(kind="help")
    client.force_login(staff())

    file = client.get(reverse("activities:support_excel"), {"kind": "subsidy"}).content

    sheet = openpyxl.load_workbook(io.BytesIO(file)).active
    rows = list(sheet.iter_rows(min_row=3, values_only=True))
    assert [(row[3], row[5], row[6]) for row in rows] == [("误工补贴", "误工补贴", 100)]


# Calendars


def _events(content):
    return list(Calendar.from_ical(content).walk("VEVENT"))


def test_activity_as_a_calendar_event(client, plan):
    client.force_login(plan.invitations.first().deputy.user)

    content = client.get(reverse("activities:ics", args=[plan.pk])).content

    (event,) = _events(content)
    assert str(event["SUMMARY"]) == "饮水安全视察"
    assert event["DTSTART"].dt == dt.datetime(2026, 9, 18, 1, 0, tzinfo=dt.UTC)
    assert event["DTEND"].dt == dt.datetime(2026, 9, 18, 3, 30, tzinfo=dt.UTC)


def test_feed_opens_without_sign_in_until_it_is_void(client, plan):
    user = plan.invitations.first().deputy.user
    client.force_login(user)
    client.post(reverse("activities:open_feed"))
    first = reverse("activities:feed", args=[CalendarFeed.objects.get().token])
    client.post(reverse("activities:open_feed"))
    second = reverse("activities:feed", args=[CalendarFeed.objects.get().token])
    client.logout()

    assert client.get(first).status_code == 404
    assert [str(e["SUMMARY"]) for e in _events(client.get(second).content)] == ["饮水安全视察"]

    plan.state = ActivityState.CANCELLED
    plan.save()
    (event,) = _events(client.get(second).content)
    assert str(event["STATUS"]) == "CANCELLED"
    client.force_login(user)
    client.post(reverse("activities:close_feed"))
    assert client.get(second).status_code == 404


def test_feed_holds_only_the_own_invitations_and_ends_with_the_account(client, plan):
    stranger = DeputyFactory(user=UserFactory(role=Role.DEPUTY)).user
    client.force_login(stranger)
    client.post(reverse("activities:open_feed"))
    feed = reverse("activities:feed", args=[CalendarFeed.objects.get().token])
    assert _events(client.get(feed).content) == []

    stranger.is_active = False
    stranger.save()
    assert client.get(feed).status_code == 404
    assert client.get(reverse("activities:feed", args=["x" * 43])).status_code == 404


def test_new_address_replaces_the_own_one_and_leaves_others_alone(client, plan):
    users = [row.deputy.user for row in plan.invitations.all()[:2]]
    for user in users:
        client.force_login(user)
        client.post(reverse("activities:open_feed"))
    kept, old = (CalendarFeed.objects.get(user=user).token for user in users)

    client.post(reverse("activities:open_feed"))
    shown = client.get(reverse("activities:calendar_feed")).text

    new = CalendarFeed.objects.get(user=users[1]).token
    assert CalendarFeed.objects.count() == 2
    assert (new in shown, old in shown) == (True, False)
    codes = [client.get(reverse("activities:feed", args=[t])).status_code for t in (kept, old, new)]
    assert codes == [200, 404, 200]


def test_token_is_not_in_the_trail(client):
    client.force_login(UserFactory(role=Role.DEPUTY))
    client.post(reverse("activities:open_feed"))

    token = CalendarFeed.objects.get().token
    assert not any(token in str(entry.changes) for entry in AuditEntry.objects.all())


def test_phone_list_masks_what_it_is_not_given(plan):
    html = render_html(phone_list(plan, called_to(plan), {}))

    assert html.count("138****1234") == 2


@pytest.mark.parametrize(("role", "shown"), [(Role.STAFF, True), (Role.LEADER, False)])
def test_way_to_the_rotation_is_shown_to_whom_it_opens(client, db, role, shown):
    client.force_login(UserFactory(role=role, role__region=CountyFactory()))
    form = ActivityFormFactory(name="列席会议")
    form.is_meeting = True
    form.save()
    way = reverse("activities:rotation")

    assert (f'href="{way}"' in client.get(reverse("desk:registers")).text) is shown
    assert (client.get(way).status_code == 200) is shown
