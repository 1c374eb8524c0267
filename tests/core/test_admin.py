"""What every page of the admin keeps: scope, trail, masks, no stale and no double saving."""

import datetime as dt
import io

import openpyxl
import pytest
from django.contrib import admin
from django.urls import reverse

from activities.models import Activity, Attendance, NewsItem, Visit
from congress_portal.core.admin import PortalAdmin
from congress_portal.core.models import AuditEntry, Unit
from deputies.models import Deputy, District, Group, GroupMembership, Term
from stations.models import Reception, Rectification, Station, TownCheck
from suggestions.models import Suggestion, Voice
from tests.admin_pages import added_row, faults, sent
from tests.factories.stations import StandardFactory
from tests.factories.supervision import FindingFactory

pytestmark = pytest.mark.django_db

OURS = [model for model, site in admin.site._registry.items() if isinstance(site, PortalAdmin)]


def url(model, action="changelist", *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{action}", args=args)


def changed(client, row, **changes):
    page = client.get(url(type(row), "change", row.pk))
    return client.post(url(type(row), "change", row.pk), sent(page, **changes))


@pytest.fixture
def as_person(client, cast):
    def sign_in(name):
        client.force_login(cast[name])
        return client

    return sign_in


# Scope


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_a_list_shows_a_clerk_what_the_scope_says(as_person, cast, model):
    response = as_person("clerk_a").get(url(model))

    if response.status_code != 403:
        shown = set(response.context["cl"].queryset.values_list("pk", flat=True))
        visible = model._default_manager.visible_to(cast["clerk_a"])
        assert shown == set(visible.values_list("pk", flat=True))


@pytest.mark.parametrize(
    "model", [Deputy, Group, Station, Reception, Activity, Visit, NewsItem, Suggestion, Voice]
)
@pytest.mark.parametrize("action", ["change", "history", "delete"])
def test_a_row_of_the_other_town_is_not_found(as_person, cast, model, action):
    page = url(model, action, cast.row(model, "b").pk)

    assert as_person("clerk_a").get(page).status_code == 404


def test_a_row_of_the_other_town_cannot_be_revealed(as_person, cast):
    page = url(Deputy, "reveal", cast.row(Deputy, "b").pk)

    response = as_person("clerk_a").post(page, {"reason": "核对身份信息"})

    assert response.status_code == 404
    assert not AuditEntry.objects.filter(action="unmask").exists()


@pytest.mark.parametrize("person", ["officer", "deputy", "unit_officer", "leader", "stranger"])
def test_who_does_not_work_in_the_admin_is_turned_away(as_person, cast, person):
    response = as_person(person).get(url(Deputy, "change", cast.row(Deputy, "a").pk), follow=True)

    assert response.status_code == 403


def test_search_finds_by_pinyin_within_the_scope(as_person):
    client = as_person("clerk_a")

    found = {
        words: [row.name for row in client.get(url(Deputy), {"q": words}).context["cl"].queryset]
        for words in ("zw", "zhangwei", "张伟", "wq")
    }

    assert found == {"zw": ["张伟"], "zhangwei": ["张伟"], "张伟": ["张伟"], "wq": []}


@pytest.mark.parametrize(
    ("model", "field", "person", "names"),
    [
        ("activities.Attendance", "deputy", "clerk_a", ["张伟（甲镇）", "李静（甲镇）"]),
        ("activities.Attendance", "deputy", "clerk_b", ["王强（乙镇）"]),
        (
            "activities.Attendance",
            "deputy",
            "staff",
            ["张伟（甲镇）", "李静（甲镇）", "王强（乙镇）"],
        ),
    ],
)
def test_suggestions_while_typing_are_scoped(as_person, model, field, person, names):
    app, name = model.split(".")
    query = {"app_label": app, "model_name": name.lower(), "field_name": field, "term": ""}

    response = as_person(person).get(reverse("admin:autocomplete"), query)

    assert sorted(row["text"] for row in response.json()["results"]) == sorted(names)


def test_a_foreign_key_out_of_scope_is_refused(as_person, cast):
    client = as_person("clerk_a")
    row = cast.row(Activity, "a")

    response = changed(client, row, station=cast.row(Station, "b").pk)

    assert response.status_code == 200
    assert response.context["adminform"].form.errors == {
        "station": ["选择一个有效的选项： 该选择不在可用的选项中。"]
    }
    row.refresh_from_db()
    assert row.station is None


def test_a_deputy_of_the_other_town_cannot_be_put_into_a_table(as_person, cast):
    client = as_person("clerk_a")
    page = url(Activity, "change", cast.row(Activity, "a").pk)
    data = sent(client.get(page))

    response = client.post(
        page,
        added_row(
            data, "attendances", deputy=cast.row(Deputy, "b").pk, presence="present", serial=1
        ),
    )

    assert response.status_code == 200
    assert Attendance.objects.filter(deputy=cast.row(Deputy, "b")).count() == 1  # in town B


def test_a_deputy_of_elsewhere_who_is_in_the_table_stays(as_person, cast):
    """The county's office put a deputy of town B on A's list; A's clerk can still save the page."""
    row = cast.row(Activity, "a")
    Attendance.objects.create(activity=row, deputy=cast.row(Deputy, "b"), serial=2)

    response = changed(as_person("clerk_a"), row, title="改名的视察")

    assert response.status_code == 302
    assert row.attendances.count() == 2


@pytest.mark.parametrize(
    ("model", "field"),
    [(Station, "region"), (Activity, "region"), (NewsItem, "region"), (Group, "region")],
)
def test_a_row_cannot_be_moved_to_the_other_town(as_person, cast, model, field):
    row = cast.row(model, "a")

    response = changed(as_person("clerk_a"), row, **{field: cast.town_b.pk})

    assert response.status_code == 200
    row.refresh_from_db()
    assert getattr(row, field) == cast.town_a


def test_a_row_that_would_leave_the_scope_is_refused_with_the_text_kept(as_person, cast):
    """Deputies: the home town may be any; but the row must stay in the clerk's hands."""
    row = cast.row(Deputy, "c")
    row.mandates.all().delete()

    response = changed(as_person("clerk_a"), row, town=cast.town_b.pk, employer="新单位")

    assert "不在您的管理范围内" in "".join(faults(response))
    assert response.context["adminform"].form["employer"].value() == "新单位"
    row.refresh_from_db()
    assert (row.town, row.employer) == (cast.town_a, "")
    assert not AuditEntry.objects.filter(
        model="deputies.Deputy", action="update", actor__isnull=False
    )


def test_a_clerk_reads_but_does_not_write_the_county_s_terms(as_person, cast):
    client = as_person("clerk_a")
    term, district = cast.row(Term, "x"), cast.row(District, "x")

    assert client.get(url(Term, "change", term.pk)).context["has_change_permission"] is False
    assert client.post(url(Term, "change", term.pk), {"name": "x"}).status_code == 403
    assert client.post(url(District, "change", district.pk), {"name": "x"}).status_code == 403
    assert client.get(url(Unit, "add")).status_code == 403


def test_a_seat_in_the_county_is_shown_to_the_clerk_and_left_alone(as_person, cast):
    row = cast.row(Deputy, "a")
    page = url(Deputy, "change", row.pk)
    client = as_person("clerk_a")
    data = sent(client.get(page), **{"mandates-0-delegation": "别的代表团"})

    assert client.post(page, data).status_code == 302
    assert row.mandates.get().delegation == ""


# Trail


def test_adding_changing_and_deleting_leave_their_entries(as_person):
    client = as_person("staff")
    page = client.get(url(Unit, "add"))
    client.post(url(Unit, "add"), sent(page, name="县司法局", short_name="司法局"))
    unit = Unit.objects.get(name="县司法局")
    changed(client, unit, contact_name="周某")
    client.post(url(Unit, "delete", unit.pk), {"post": "yes"})

    entries = AuditEntry.objects.filter(model="core.Unit").order_by("sequence")
    assert [entry.action for entry in entries] == ["create", "update", "delete"]
    assert entries[1].changes == {"contact_name": ["", "周某"]}
    assert {entry.actor.username for entry in entries} == {"staff"}


def test_rows_of_a_table_leave_their_own_entries(as_person, cast):
    client = as_person("clerk_a")
    row = cast.row(Group, "a")
    page = url(Group, "change", row.pk)
    data = sent(client.get(page), **{"memberships-0-role": "leader"})
    data = added_row(data, "memberships", deputy=cast.row(Deputy, "c").pk, role="member", serial=2)

    assert client.post(page, data).status_code == 302

    entries = AuditEntry.objects.filter(model="deputies.GroupMembership")
    assert sorted(entry.action for entry in entries) == ["create", "update"]
    assert entries.get(action="update").changes == {"role": ["member", "leader"]}


def test_what_goes_with_a_row_is_recorded_too(as_person, cast):
    row = cast.row(Activity, "a")

    as_person("clerk_a").post(url(Activity, "delete", row.pk), {"post": "yes"})

    assert sorted(AuditEntry.objects.filter(action="delete").values_list("model", flat=True)) == [
        "activities.Activity",
        "activities.Attendance",
    ]


def test_deleting_in_bulk_is_recorded_and_scoped(as_person, cast):
    rows = [cast.row(NewsItem, "a").pk, cast.row(NewsItem, "b").pk]

    as_person("clerk_a").post(
        url(NewsItem), {"action": "delete_selected", "_selected_action": rows, "post": "yes"}
    )

    assert list(NewsItem.objects.all()) == [cast.row(NewsItem, "b")]
    assert AuditEntry.objects.filter(action="delete").count() == 1


def test_history_tells_in_chinese_who_changed_what(as_person, cast):
    client = as_person("clerk_a")
    changed(client, cast.row(Deputy, "c"), sex="female", phone="13800000009")

    text = client.get(url(Deputy, "history", cast.row(Deputy, "c").pk)).content.decode()

    assert cast["clerk_a"].name in text
    for words in ("性别", "女", "手机号码", "（已隐去）", "修改"):
        assert words in text
    assert "13800000009" not in text


def test_an_unchanged_page_leaves_no_entry(as_person, cast):
    changed(as_person("clerk_a"), cast.row(Activity, "a"))

    assert not AuditEntry.objects.filter(model="activities.Activity").exists()


# Masks


def test_personal_data_is_masked_until_asked_for_with_a_reason(as_person, cast):
    client = as_person("staff")
    row = cast.row(Voice, "a")
    page = url(Voice, "change", row.pk)

    for masked in (client.get(url(Voice)), client.get(page)):
        text = masked.content.decode()
        assert "赵大爷" not in text
        assert "13700000001" not in text
        assert "赵**" in text

    client.post(url(Voice, "reveal", row.pk), {"reason": "回访办理情况"})

    text = client.get(page).content.decode()
    assert "赵大爷" in text
    assert "13700000001" in text
    entry = AuditEntry.objects.get(action="unmask")
    assert (entry.reason, entry.object_key) == ("回访办理情况", str(row.pk))
    other = client.get(url(Voice, "change", cast.row(Voice, "b").pk)).content.decode()
    assert "赵大爷" not in other


@pytest.mark.parametrize("reason", ["", "  ", "看"])
def test_revealing_without_a_reason_is_refused(as_person, cast, reason):
    client = as_person("staff")
    row = cast.row(Voice, "a")

    client.post(url(Voice, "reveal", row.pk), {"reason": reason})

    assert "赵大爷" not in client.get(url(Voice, "change", row.pk)).content.decode()
    assert not AuditEntry.objects.filter(action="unmask").exists()


def test_what_is_revealed_is_masked_again_after_ten_minutes(as_person, cast, freeze):
    freeze("2026-10-08 09:00")
    client = as_person("staff")
    row = cast.row(Voice, "a")
    client.post(url(Voice, "reveal", row.pk), {"reason": "回访办理情况"})

    freeze("2026-10-08 09:11")

    assert "赵大爷" not in client.get(url(Voice, "change", row.pk)).content.decode()


def test_saving_a_masked_page_keeps_what_is_masked(as_person, cast):
    row, reception = cast.row(Voice, "a"), cast.row(Reception, "a")
    client = as_person("clerk_a")

    assert changed(client, row, matter="改过的问题").status_code == 302
    assert changed(client, reception, **{"voices-0-matter": "又改过的问题"}).status_code == 302

    row.refresh_from_db()
    assert (row.visitor_name, row.visitor_phone) == ("赵大爷", "13700000001")
    assert row.matter == "又改过的问题"


def test_the_identity_number_is_masked_and_the_phone_is_not_for_its_keeper(as_person, cast):
    text = (
        as_person("clerk_a").get(url(Deputy, "change", cast.row(Deputy, "a").pk)).content.decode()
    )

    assert "421299**********15" in text
    assert "421299198001010015" not in text
    assert "13800000001" in text


@pytest.mark.parametrize("lookup", ["visitor_name__startswith", "visitor_phone__contains"])
def test_a_masked_column_cannot_be_guessed_by_the_address(as_person, lookup):
    response = as_person("staff").get(url(Voice), {lookup: "1"})

    assert response.status_code == 400


# Saving once and on what is there


def test_an_edit_of_an_outdated_page_is_refused_with_the_text_kept(as_person, cast):
    client = as_person("clerk_a")
    row = cast.row(Activity, "a")
    page = url(Activity, "change", row.pk)
    first = client.get(page)
    assert changed(client, row, title="先改的").status_code == 302

    response = client.post(page, sent(first, title="后改的"))

    assert "已被" in "".join(faults(response))
    assert response.context["adminform"].form["title"].value() == "后改的"
    row.refresh_from_db()
    assert row.title == "先改的"


def test_an_outdated_row_of_a_table_is_refused(as_person, cast):
    client = as_person("clerk_a")
    row = cast.row(Group, "a")
    page = url(Group, "change", row.pk)
    first = client.get(page)
    GroupMembership.objects.filter(group=row).update(role="leader")

    response = client.post(page, sent(first, **{"memberships-0-serial": 9}))

    assert response.status_code == 200
    assert GroupMembership.objects.get(group=row).serial == 0


def test_a_form_sent_twice_makes_one_record(as_person, cast):
    client = as_person("clerk_a")
    data = sent(
        client.get(url(NewsItem, "add")),
        title="两次点击", region=cast.town_a.pk, held_on="2026-07-01",
    )  # fmt: skip

    first = client.post(url(NewsItem, "add"), data)
    second = client.post(url(NewsItem, "add"), data)

    row = NewsItem.objects.get(title="两次点击")
    assert first.status_code == 302
    assert second.url == url(NewsItem, "change", row.pk)
    assert (row.verification, row.entered_by.username) == ("pending", "clerk_a")


# Actions


def test_records_are_verified_in_bulk(as_person, cast):
    Visit.objects.update(verification="pending")
    rows = [cast.row(Visit, "a").pk, cast.row(Visit, "b").pk]

    as_person("clerk_a").post(url(Visit), {"action": "verify_selected", "_selected_action": rows})

    states = dict(Visit.objects.values_list("region__name", "verification"))
    assert states == {"甲镇": "verified", "乙镇": "pending"}


def test_records_are_refused_with_a_reason_only(as_person, cast):
    Visit.objects.update(verification="pending")
    client = as_person("clerk_a")
    row = cast.row(Visit, "a")
    data = {"action": "refuse_selected", "_selected_action": [row.pk]}

    asked = client.post(url(Visit), data)
    client.post(url(Visit), {**data, "reason": "日期不对"})

    assert asked.status_code == 200
    row.refresh_from_db()
    assert (row.verification, row.refusal_reason) == ("refused", "日期不对")


def test_an_export_with_personal_data_asks_for_a_reason_and_is_recorded(as_person, cast):
    client = as_person("clerk_a")
    rows = [row.pk for row in cast.rows[Deputy].values()]
    data = {"action": "export_selected", "_selected_action": rows, "select_across": "0"}

    asked = client.post(url(Deputy) + "?sex=male", data)
    response = client.post(url(Deputy), {**data, "reason": "核对名册"})

    assert "请写明用途" in asked.content.decode()
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    names = {row[1].value for sheet in book for row in sheet.iter_rows(min_row=2)}
    assert names == {"张伟", "李静"}
    entry = AuditEntry.objects.get(action="export")
    assert (entry.reason, entry.changes["rows"]) == ("核对名册", 2)


def test_an_export_follows_the_scope(as_person, cast):
    rows = [cast.row(NewsItem, "a").pk, cast.row(NewsItem, "b").pk]

    response = as_person("clerk_a").post(
        url(NewsItem), {"action": "export_selected", "_selected_action": rows}
    )

    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    text = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
    assert cast.row(NewsItem, "a").title in text
    assert cast.row(NewsItem, "b").title not in text


def test_whoever_has_to_put_it_right_neither_rewords_nor_removes_it(as_person, cast):
    """A town found its own 整改 items, checks and findings open to its pencil and its eraser."""
    client = as_person("clerk_a")
    station = cast.row(Station, "a")
    mend = Rectification.objects.create(
        region=station.region,
        station=station,
        words="缺桌椅",
        found_on=dt.date(2026, 11, 1),
        due_on=dt.date(2026, 12, 1),
    )
    item = StandardFactory(items=["岗位职责健全"]).items.get()
    check = TownCheck.objects.create(
        region=cast.town_a, item=item, state="yes", checked_on=dt.date(2026, 11, 1)
    )
    told = FindingFactory(activity=cast.row(Activity, "a"), unit=Unit.objects.first())
    for row in (mend, check, told):
        data = {"post": "yes"}
        assert client.post(url(type(row), "delete", row.pk), data).status_code == 403, row
        assert type(row).objects.filter(pk=row.pk).exists()
    for row in (mend, check):
        page = client.get(url(type(row), "change", row.pk))
        assert 'name="_save"' not in page.text

    client.post(url(Activity, "delete", told.activity_id), {"post": "yes"})
    assert Activity.objects.filter(pk=told.activity_id).exists()
