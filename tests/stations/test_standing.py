"""Standards: checks with photos, versions, what a place is held to, gaps, quarters past."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from congress_portal.core.enums import Role
from congress_portal.core.models import Notice
from congress_portal.core.periods import quarter
from stations.enums import StandardSubject
from stations.models import (
    CheckEntry,
    Rectification,
    Standard,
    StandardChoice,
    StandardItem,
    StandardUse,
    Station,
    StationCheck,
    TownCheck,
)
from stations.selectors.standards import Standing, standards_in_use
from stations.services.checks import CheckError, record_checks
from stations.services.findings import take_step
from stations.services.standards import ItemDraft, StandardError, new_version
from stations.workflow import Step
from tests.factories import homes
from tests.factories.core import CountyFactory, TownFactory, UserFactory, staff, town_clerk
from tests.factories.stations import (
    OfficerFactory,
    ReceptionFactory,
    StandardFactory,
    StationFactory,
)

pytestmark = pytest.mark.django_db

TEN = tuple(
    f"有{word}"
    for word in ["组织", "场所", "牌子", "设施", "制度", "经费", "人员", "活动", "记录", "档案"]
)


@pytest.fixture(autouse=True)
def _today(freeze):
    freeze("2026-10-08 09:00")


@pytest.fixture
def ten():
    return StandardFactory(name="十有", items=TEN)


def _photo():
    picture, exif = Image.new("RGB", (40, 30), "green"), Image.Exif()
    exif[0x0110] = "某手机"
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return SimpleUploadedFile("现场.jpg", out.getvalue(), content_type="image/jpeg")


def _post(client, place, standard, states, on="2026-10-08", **more):
    where = "stations" if hasattr(place, "number") else "towns"
    path = reverse("stations:check", args=[where, place.pk, standard.pk])
    form = client.get(path).context["form"]
    data = {"on": on, "seen": form["seen"].value()}
    for item, state in zip(form.items, states, strict=True):
        data |= {f"state_{item.pk}": state, f"note_{item.pk}": ""}
    return client.post(path, {**data, **more})


def _standing(client, place):
    where = "stations" if hasattr(place, "number") else "towns"
    return client.get(reverse("stations:standing", args=[where, place.pk]))


def test_eight_of_ten_and_two_findings_in_one_step(client, ten):
    station, user = StationFactory(), UserFactory(role=Role.STATION_OFFICER)
    OfficerFactory(station=station, user=user)
    client.force_login(user)
    photographed = ten.items.get(name="有牌子")
    _post(client, station, ten, ["yes"] * 5 + ["no", "partial"] + ["yes"] * 3,
          **{f"photo_{photographed.pk}": _photo()})  # fmt: skip
    mend = reverse("stations:mend", args=["stations", station.pk, ten.pk])
    assert client.get(mend).status_code == 403

    client.force_login(staff())
    gaps = client.get(mend).context["gaps"]
    asked = {"items": [gap.line.item.pk for gap in gaps], "due_on": "2026-11-01"}
    client.post(mend, asked)
    again = client.post(mend, asked)

    page = _standing(client, station).text
    assert "80.0%（8/10）" in page
    assert [f.words for f in Rectification.objects.order_by("pk")] == [
        "十有：有经费（无，2026年10月8日起）", "十有：有人员（部分，2026年10月8日起）",
    ]  # fmt: skip
    assert "缺项刚有变化" in again.text or "没有要转的缺项" in again.text
    assert Notice.objects.filter(user=user).count() == 2
    check = StationCheck.objects.get(item=photographed)
    assert (check.checked_by, check.state) == (user, "yes")
    with check.photo.open("rb") as file, Image.open(file) as kept:
        assert (kept.format, dict(kept.getexif())) == ("JPEG", {})


def test_what_was_put_right_is_there_without_a_second_tick(client, ten):
    """Two gaps put right and checked again: 10/10, dated, and nothing left to hand over (M24)."""
    station, office = StationFactory(), staff()
    keeper = UserFactory(role=Role.STATION_OFFICER)
    OfficerFactory(station=station, user=keeper)
    client.force_login(office)
    _post(client, station, ten, ["no", "partial"] + ["yes"] * 8)
    mend = reverse("stations:mend", args=["stations", station.pk, ten.pk])
    items = [gap.line.item.pk for gap in client.get(mend).context["gaps"]]
    client.post(mend, {"items": items, "due_on": "2026-11-01"})
    client.force_login(keeper)
    home = client.get(reverse("desk:home")).text
    Rectification.objects.update(found_on=dt.date(2026, 1, 2), due_on=dt.date(2026, 1, 5))
    late = client.get(reverse("desk:home")).text
    client.force_login(office)
    of_office = client.get(reverse("desk:home")).text
    listed = client.get(f"{reverse('inspection:findings')}?state=overdue").context["page"]
    for finding in Rectification.objects.all():
        take_step(actor=keeper, finding_pk=finding.pk, step=Step.REPORT, words="已补齐")
    desk = client.get(reverse("desk:home")).text
    for finding in Rectification.objects.all():
        step = reverse("inspection:finding_step", args=[finding.pk, Step.PASS])
        data = {"seen": finding.state, "words": "已看"}
        said = client.post(step, data, follow=True).text
        closed = client.get(step, follow=True).text

    page = _standing(client, station)
    assert "要整改的事项 2 项" in home
    assert "逾期没有整改的事项 2 项" in late
    assert "要整改的事项" not in late
    assert "逾期没有整改的事项" in of_office
    assert listed.paginator.count == 2
    assert reverse("suggestions:halls") in home, "what a station keeps is found on its desk"
    assert "整改待复查" in desk
    assert "已同时登记为有" in said
    assert "不用再复查合格" in closed
    assert "100.0%（10/10）" in page.text
    assert "缺项转整改" not in page.text
    assert set(CheckEntry.objects.filter(item__in=items, state="yes").values_list("note")) == {
        ("整改复查合格",)
    }


def test_a_photo_is_shown_to_who_sees_the_station(client, ten):
    station = StationFactory()
    client.force_login(staff())
    item = ten.items.first()
    _post(client, station, ten, ["yes"] * 10, **{f"photo_{item.pk}": _photo()})
    check = StationCheck.objects.get(item=item)
    path = reverse("stations:check_photo", args=["stations", check.pk])

    shown = client.get(path)
    assert b"".join(shown.streaming_content).startswith(b"\xff\xd8")
    client.force_login(town_clerk(TownFactory()))
    assert client.get(path).status_code == 404


def test_what_is_no_photo_is_refused_in_words(client, ten):
    station = StationFactory()
    client.force_login(staff())
    item = ten.items.first()

    page = _post(client, station, ten, ["yes"] * 10, **{
        f"photo_{item.pk}": SimpleUploadedFile("a.jpg", b"no picture")
    })  # fmt: skip

    assert "不是照片" in page.text
    assert not StationCheck.objects.exists()


def test_a_form_that_somebody_overtook_is_refused(client, ten):
    station = StationFactory()
    client.force_login(staff())
    path = reverse("stations:check", args=["stations", station.pk, ten.pk])
    seen = client.get(path).context["form"]["seen"].value()
    _post(client, station, ten, ["no"] * 10)

    data = {"on": "2026-10-08", "seen": seen}
    data |= {f"state_{item.pk}": "yes" for item in ten.items.all()}
    page = client.post(path, data)

    assert "别人刚登记过" in page.text
    assert set(StationCheck.objects.values_list("state", flat=True)) == {"no"}


def test_a_form_sent_twice_counts_once(client, ten):
    station = StationFactory()
    client.force_login(staff())
    path = reverse("stations:check", args=["stations", station.pk, ten.pk])
    data = {"on": "2026-10-08", "seen": client.get(path).context["form"]["seen"].value()}
    data |= {f"state_{item.pk}": "yes" for item in ten.items.all()}

    codes = [client.post(path, data).status_code for _ in range(2)]

    assert codes == [302, 302]
    assert CheckEntry.objects.count() == 10


def test_items_told_by_records_are_never_ticked(client):
    standard = StandardFactory(name="簿册", kind="books", items=["牌匾"])
    StandardItem.objects.create(standard=standard, number=2, name="接待簿", rule="receptions")
    full = StandardFactory(name="公开", kind="display")
    StandardItem.objects.create(standard=full, number=1, name="接待", rule="receptions")
    station = StationFactory(books_required=8, books_kept=7)
    ReceptionFactory(station=station, held_on=dt.date(2026, 10, 2))
    client.force_login(staff())

    _post(client, station, standard, ["yes"])

    shown = {each.standard: each for each in _standing(client, station).context["progress"]}
    assert str(shown[standard].rate) == "100.0%（2/2）"
    path = reverse("stations:check", args=["stations", station.pk, full.pk])
    assert client.get(path).status_code == 404
    station.refresh_from_db()
    assert (station.books_required, station.books_kept) == (8, 7)  # the ledger's, as imported
    with pytest.raises(CheckError):
        record_checks(
            actor=staff(), station_pk=station.pk, standard=standard, on=dt.date(2026, 10, 8),
            found={item.pk: ("yes", "") for item in standard.items.all()},
        )  # fmt: skip


def test_a_station_switched_to_nine_shows_nine_items(client, ten):
    nine = StandardFactory(name="九有", is_optional=True, items=[f"有{n}" for n in range(9)])
    station = StationFactory()
    client.force_login(staff())
    _post(client, station, ten, ["yes"] * 10)
    path = reverse("stations:choose_standard", args=["stations", station.pk, "facilities"])

    client.post(path, {"standard": nine.pk})
    client.post(path, {"standard": nine.pk})
    form = client.get(reverse("stations:check", args=["stations", station.pk, nine.pk]))
    there = [each.standard for each in _standing(client, station).context["progress"]]
    client.post(path, {"standard": ""})
    back = _standing(client, station).context["progress"]

    assert len(form.context["form"].rows) == 9
    assert there == [nine]
    assert (
        str(client.get(reverse("stations:detail", args=[station.pk])).context["facilities"].rate)
        == "100.0%（10/10）"
    )
    assert [(each.standard, str(each.rate)) for each in back] == [(ten, "100.0%（10/10）")]
    assert not StandardChoice.objects.exists()


def test_only_the_county_says_which_standard(client, ten):
    nine = StandardFactory(name="九有", is_optional=True, items=["有牌子"])
    station = StationFactory()
    client.force_login(town_clerk(station.region))
    path = reverse("stations:choose_standard", args=["stations", station.pk, "facilities"])

    assert client.post(path, {"standard": nine.pk}).status_code == 403
    assert client.get(reverse("stations:edit_standard", args=[ten.pk])).status_code == 403


def _edit(client, standard, names, **more):
    data = {
        "seen": standard.version, "source": "县里定的", "in_force_on": "2026-10-08",
        "items-TOTAL_FORMS": len(names), "items-INITIAL_FORMS": standard.items.count(),
    }  # fmt: skip
    for number, name in enumerate(names):
        data[f"items-{number}-name"] = name
    return client.post(reverse("stations:edit_standard", args=[standard.pk]), {**data, **more})


def test_a_new_version_takes_the_place_and_the_old_one_stays_readable(client, ten):
    station = StationFactory()
    StandardUse.objects.create(standard=ten, type=station.type)
    client.force_login(staff())
    _post(client, station, ten, ["yes"] * 9 + ["no"])

    _edit(client, ten, [*TEN[:8], "", "有档案柜", "有网络"])

    new = Standard.objects.get(version=2)
    assert [item.name for item in new.items.order_by("number")] == [*TEN[:8], "有档案柜", "有网络"]
    page = _standing(client, station)
    shown = page.context["progress"][0]
    assert (shown.standard, str(shown.rate)) == (new, "80.0%（8/10）")
    assert [item.name for item in shown.unchecked] == ["有档案柜", "有网络"]
    old = page.context["older"][0]
    assert (old.standard, str(old.rate), old.gaps[0].item.name) == (ten, "90.0%（9/10）", "有档案")
    told = client.get(reverse("stations:standard", args=[ten.pk])).text
    assert "有记录" in told
    assert "已停用" in told
    with pytest.raises(CheckError):
        record_checks(
            actor=staff(), station_pk=station.pk, standard=Standard.objects.get(pk=ten.pk),
            found={}, on=dt.date(2026, 10, 8),
        )  # fmt: skip


def test_a_version_edited_meanwhile_is_refused(client, ten):
    client.force_login(staff())
    _edit(client, ten, ["有场所"])

    page = _edit(client, ten, ["有牌子"])

    assert "刚有了新的一版" in page.text
    assert Standard.objects.count() == 2


@pytest.mark.parametrize(
    ("names", "rule", "words"),
    [
        ([], "", "至少要有一项"),
        (["甲", "甲"], "", "写了两次"),
        (["甲"], "nothing", "没有「nothing」"),
    ],
)
def test_items_that_make_no_standard_are_refused(ten, names, rule, words):
    with pytest.raises(StandardError, match=words):
        new_version(
            actor=staff(), standard_pk=ten.pk, source="", in_force_on=dt.date(2026, 10, 8), seen=1,
            items=[ItemDraft(name, rule=rule) for name in names],
        )  # fmt: skip


def test_the_admin_leaves_a_checked_version_as_it_is(client, ten):
    client.force_login(staff())
    path = reverse("admin:stations_standard_change", args=[ten.pk])
    assert "items-0-name" in client.get(path).text

    _post(client, StationFactory(), ten, ["yes"] * 10)

    assert "items-0-name" not in client.get(path).text


def test_a_town_shows_four_of_five_and_its_score(client):
    county = CountyFactory()
    town = TownFactory(parent=county)
    five = StandardFactory(
        name="五健全（镇街）",
        kind="working",
        subject=StandardSubject.TOWN,
        items=list("职账制费督"),
    )
    eight = StandardFactory(
        name="四规范四提升",
        kind="working",
        subject=StandardSubject.TOWN,
        items=list("一二三四五六七八"),
    )
    client.force_login(town_clerk(town))

    _post(client, town, five, ["yes"] * 4 + ["partial"])
    _post(client, town, eight, ["yes"] * 6 + ["no"] * 2)

    shown = _standing(client, town).context["progress"]
    assert [str(each.rate) for each in shown] == ["80.0%（4/5）", "75.0%（6/8）"]
    assert TownCheck.objects.filter(state="partial").get().item.name == "督"
    client.force_login(staff())
    mend = reverse("stations:mend", args=["towns", town.pk, five.pk])
    item = five.items.get(name="督")
    client.post(mend, {"items": [item.pk], "due_on": "2026-12-01"})
    assert Rectification.objects.get().region == town


def test_past_quarters_are_told_by_what_was_known_then(client, ten, freeze):
    station = StationFactory()
    client.force_login(staff())
    freeze("2026-06-20 09:00")
    _post(client, station, ten, ["yes"] * 7 + ["no"] * 3, on="2026-06-20")
    freeze("2026-10-08 09:00")
    _post(client, station, ten, ["yes"] * 10)

    path = reverse("stations:standing_history", args=["stations", station.pk])
    lines = client.get(path).context["lines"]

    assert [(x.quarter.code, str(x.progress[0].rate)) for x in lines] == [
        ("2026Q4", "100.0%（10/10）"), ("2026Q3", "70.0%（7/10）"), ("2026Q2", "70.0%（7/10）"),
        ("2026Q1", "0.0%（0/10）"),
    ]  # fmt: skip
    assert not lines[3].progress[0].is_recorded
    assert CheckEntry.objects.count() == 20


def test_board_adds_up_by_town_and_opens_into_the_gaps(client, ten):
    town = TownFactory(parent=CountyFactory())
    client.force_login(staff())
    for missing in (0, 2, None):
        station = StationFactory(region=town)
        if missing is not None:
            _post(client, station, ten, ["yes"] * (10 - missing) + ["no"] * missing)

    page = client.get(reverse("stations:standard_board"))

    row = next(row for row in page.context["boards"][0][2] if row.town == town)
    cell = row.cells[0]
    assert (cell.places, cell.complete, str(cell.items), cell.gaps, cell.unrecorded) == (
        3, 1, "90.0%（18/20）", 2, 1,
    )  # fmt: skip
    gaps = client.get(f"/registers/standards/gaps/?standard={ten.pk}&town={town.pk}")
    assert gaps.context["page"].paginator.count == 2


def test_board_of_a_past_quarter_and_of_none(client, ten):
    client.force_login(staff())

    assert client.get("/standards/?period=2026Q2").status_code == 200
    assert "还没有到" in client.get("/standards/?period=2027Q1").text
    assert "请选一个季度" in client.get("/standards/?period=2026").text


def test_scope_of_the_board_and_of_checks(client, ten):
    mine, other = StationFactory(), StationFactory(name="外镇站")
    client.force_login(town_clerk(mine.region))

    rows = client.get(reverse("stations:standard_board")).context["boards"][0][2]
    assert [row.town for row in rows] == [mine.region]
    for name in ("check", "mend"):
        path = reverse(f"stations:{name}", args=["stations", other.pk, ten.pk])
        assert client.get(path).status_code == 404
        town = reverse(f"stations:{name}", args=["towns", other.region_id, ten.pk])
        assert client.get(town).status_code == 404
    client.force_login(UserFactory(role=Role.STATION_OFFICER))
    assert client.get(reverse("stations:standard_board")).status_code == 404


def test_entries_are_seen_with_their_place(ten):
    mine, other = StationFactory(), StationFactory()
    own = homes.CheckEntryFactory(station=mine, item=ten.items.first())
    homes.CheckEntryFactory(station=other, item=ten.items.first())
    of_town = homes.CheckEntryFactory(station=None, region=mine.region, item=ten.items.last())
    officer = UserFactory(role=Role.STATION_OFFICER)
    OfficerFactory(station=mine, user=officer)

    seen = CheckEntry.objects.visible_to(town_clerk(mine.region)).order_by("pk")
    assert list(seen) == [own, of_town]
    assert list(CheckEntry.objects.visible_to(officer)) == [own]
    assert not CheckEntry.objects.visible_to(UserFactory()).exists()


@pytest.mark.parametrize("size", [1, 3])
def test_query_counts(client, ten, size, django_assert_num_queries):
    book = StandardFactory(name="簿", kind="books")
    StandardItem.objects.create(standard=book, number=1, name="接待", rule="receptions")
    for _ in range(size):
        station = StationFactory()
        ReceptionFactory(station=station)
        StationCheck.objects.create(station=station, item=ten.items.first(), state="no")
    client.force_login(staff())

    args = ["stations", station.pk]
    for path, queries in (
        (reverse("stations:standard_board"), 15),
        (reverse("stations:standing", args=args), 18),
        (reverse("stations:standing_history", args=args), 25),
        (reverse("stations:standard", args=[ten.pk]), 8),
    ):
        with django_assert_num_queries(queries):
            client.get(path)


def test_standing_of_many_stations_asks_no_more(ten, django_assert_num_queries):
    for _ in range(3):
        ReceptionFactory(held_on=dt.date(2026, 7, 7))
    standards = standards_in_use()
    rows = Standing(quarter(2026, 3))

    with django_assert_num_queries(2):
        found = rows.of_stations(Station.objects.order_by("pk"), standards)

    assert len(found) == 3
