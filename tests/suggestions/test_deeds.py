"""The ledger of things done: the number said is the number of rows, from a closed voice at once."""

import datetime as dt
import io
import uuid
from decimal import Decimal

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from congress_portal.core.enums import Role
from congress_portal.core.metrics import find_metric, measure
from congress_portal.core.periods import quarter
from congress_portal.core.stale import StaleRecordError, fingerprint
from deputies.models import Deputy
from suggestions.models import Deed, Voice
from suggestions.selectors.deeds import sums_of
from suggestions.services.deeds import DeedError, check_deed, log_deed
from tests.factories.core import EntryFactory, TownFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory
from tests.factories.stations import StationFactory
from tests.factories.suggestions import VoiceFactory
from tests.factories.voices import DeedFactory, WishClaimFactory

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 9, 1)


@pytest.fixture(autouse=True)
def _clock(freeze):
    freeze("2026-10-08 10:00")


def typed(**more):
    category = EntryFactory(dictionary="field").pk
    given = {"title": "东街口装了路灯", "category": category, "finished_on": "2026-09-01"}
    return {"key": str(uuid.uuid4()), "evidence": "村里验收", **given, **more}


def check(deed, **more):
    given = {"is_true": True, "is_published": True, "reason": "", "seen": fingerprint(deed)}
    return check_deed(actor=staff(), deed_pk=deed.pk, **given | more)


def test_a_closed_voice_goes_into_the_ledger_once_with_its_link(client):
    voice = VoiceFactory(closed_on=DAY)
    client.force_login(town_clerk(voice.region))
    address = reverse("suggestions:new_deed") + f"?voice={voice.pk}"

    detail = client.get(reverse("suggestions:voice_detail", args=[voice.pk])).content.decode()
    client.post(address, typed(beneficiaries="120", amount="3500.50"))
    again = client.post(address, typed())

    deed = Deed.objects.get()
    assert address in detail
    assert (deed.voice, deed.region, deed.source) == (voice, voice.region, "voice")
    assert (deed.amount, deed.beneficiaries) == (Decimal("3500.50"), 120)
    assert (deed.verification, deed.is_published) == ("pending", False)
    assert "已经记入办实事台账" in again.content.decode()


def test_an_open_voice_is_no_thing_done(client):
    voice = VoiceFactory()
    client.force_login(town_clerk(voice.region))

    answer = client.get(reverse("suggestions:new_deed") + f"?voice={voice.pk}")

    assert answer.status_code == 404
    with pytest.raises(DeedError, match="办结以后"):
        log_deed(actor=staff(), values={}, voice=voice)


def test_a_double_tap_makes_one_row(client):
    client.force_login(staff())
    data = typed(source="self", region=TownFactory().pk)

    for _ in range(2):
        assert client.post(reverse("suggestions:new_deed"), data).status_code == 302

    assert Deed.objects.count() == 1


def test_another_town_enters_nothing_here(client):
    clerk, other = town_clerk(TownFactory()), TownFactory()
    client.force_login(clerk)

    page = client.post(reverse("suggestions:new_deed"), typed(source="self", region=other.pk))

    assert page.context["form"].errors["region"]
    category = EntryFactory(dictionary="field")
    values = {"title": "修桥", "source": "self", "region": other, "category": category,
              "evidence": "村里验收", "finished_on": DAY}  # fmt: skip
    with pytest.raises(DeedError, match="由这个镇（街道）的人大工作人员或者家站登记"):
        log_deed(actor=clerk, values=values)
    assert not Deed.objects.exists()


def test_the_number_said_is_the_number_of_verified_rows(client):
    for amount, people, state in ((100, 5, "verified"), (50, 2, "verified"), (999, 99, "pending")):
        DeedFactory(amount=amount, beneficiaries=people, verification=state)
    client.force_login(staff())

    page = client.get(reverse("suggestions:deeds"), {"state": "verified"})

    assert "办实事 2 件" in page.content.decode()
    assert len(page.context["page"].object_list) == 2
    sums = sums_of(Deed.objects.all())
    assert (sums.total, sums.verified, sums.amount, sums.beneficiaries) == (3, 2, 150, 7)


def test_the_metric_counts_verified_rows_of_the_period():
    deputy = DeputyFactory()
    DeedFactory(deputy=deputy, verification="verified")
    DeedFactory(deputy=deputy, verification="verified", finished_on=dt.date(2026, 6, 30))
    DeedFactory(deputy=deputy)

    found = measure([find_metric(Deputy, "deeds_done")], quarter(2026, 3), Deputy.objects.all())

    assert found["deeds_done"][deputy.pk] == 1


def test_checking_lets_out_and_takes_back():
    deed = DeedFactory()

    assert check(deed).is_published
    deed.refresh_from_db()
    refused = check(deed, is_true=False, reason="没有验收")
    assert (refused.verification, refused.is_published) == ("refused", False)


@pytest.mark.parametrize(
    ("more", "words"),
    [({"is_true": False}, "写明原因"), ({"seen": "old"}, None)],
)
def test_checking_refuses(more, words):
    deed = DeedFactory()
    with pytest.raises(DeedError if words else StaleRecordError, match=words):
        check(deed, **more)


@pytest.mark.parametrize("title", ["给王大爷家装灯", "电话13812345678的路灯"])
def test_nobody_is_named_in_what_is_let_out(title):
    voice = VoiceFactory(closed_on=DAY)
    deed = DeedFactory(source="voice", voice=voice, title=title)

    with pytest.raises(DeedError, match="公开前请改"):
        check(deed)


def test_a_stranger_meets_404_and_a_reader_403(client):
    deed = DeedFactory()
    address = reverse("suggestions:deed", args=[deed.pk])
    client.force_login(UserFactory())
    assert client.get(address).status_code == 404
    assert client.get(reverse("suggestions:new_deed")).status_code == 403
    client.force_login(town_clerk(TownFactory()))
    assert client.post(address, {"is_true": "yes"}).status_code == 404


def test_the_excel_holds_the_rows_of_the_list(client):
    DeedFactory(verification="verified", title="=1+1", amount=10)
    DeedFactory()
    client.force_login(staff())

    content = client.get(reverse("suggestions:deeds_excel"), {"state": "verified"}).content

    rows = list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    assert len(rows) == 3
    assert rows[2][1] == "=1+1"


@pytest.mark.parametrize("name", ["suggestions:deeds", "suggestions:new_deed"])
def test_pages_open_for_staff(client, name):
    client.force_login(staff())
    assert client.get(reverse(name)).status_code == 200


def test_the_page_of_one_deed_checks_it(client):
    deed = DeedFactory()
    client.force_login(staff())
    address = reverse("suggestions:deed", args=[deed.pk])
    seen = client.get(address).context["form"].initial["seen"]

    client.post(address, {"is_true": "yes", "is_published": "on", "seen": seen})

    assert list(Deed.objects.all().shown()) == [deed]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_number_of_queries(client, django_assert_num_queries, rows):
    town, _ = TownFactory(), TownFactory()
    for _ in range(rows):
        DeedFactory(region=town)
    client.force_login(staff())
    client.get(reverse("suggestions:deeds"))

    with django_assert_num_queries(9):
        client.get(reverse("suggestions:deeds"))


def change(client, deed, **more):
    address = reverse("suggestions:change_deed", args=[deed.pk])
    form = client.get(address).context["form"]
    given = {name: form[name].value() or "" for name in form.fields if name != "photo"}
    return client.post(address, given | more, follow=True)


def test_a_refused_row_from_a_voice_is_mended_and_verified_anew(client):
    deed = DeedFactory(source="voice", voice=VoiceFactory(closed_on=DAY), title="电话13912345678")
    check(deed, is_true=False, is_published=False, reason="名称不对")
    clerk = town_clerk(deed.region)
    client.force_login(clerk)

    assert "已修改" in change(client, deed, title="东街口装了路灯").text
    deed.refresh_from_db()
    assert (deed.title, deed.verification, deed.refusal_reason) == ("东街口装了路灯", "pending", "")
    assert deed.source == "voice"


def test_what_is_public_leaves_the_page_when_it_is_changed(client):
    deed = check(DeedFactory())
    client.force_login(town_clerk(deed.region))
    change(client, deed, amount="100")

    assert not Deed.objects.all().shown()
    assert Deed.objects.get().amount == 100


def test_a_stale_change_and_a_strangers_change_are_refused(client):
    deed = DeedFactory()
    for user, status in ((town_clerk(TownFactory()), 404), (UserFactory(), 404)):
        client.force_login(user)
        assert client.get(reverse("suggestions:change_deed", args=[deed.pk])).status_code == status
    own = DeputyFactory(user=UserFactory(role=Role.DEPUTY))
    Deed.objects.update(deputy=own)
    client.force_login(own.user)
    assert client.get(reverse("suggestions:change_deed", args=[deed.pk])).status_code == 403
    client.force_login(staff())
    assert "刚" in change(client, deed, seen="0" * 64).text
    assert Deed.objects.get().title == deed.title


def test_a_clerk_is_offered_the_own_town_alone(client):
    own, other = TownFactory(), TownFactory()
    StationFactory(region=other)
    station = StationFactory(region=own)
    client.force_login(town_clerk(own))
    form = client.get(reverse("suggestions:new_deed")).context["form"]

    assert list(form.fields["region"].queryset) == [own]
    assert list(form.fields["station"].queryset) == [station]
    assert not form.fields["station"].required


def test_a_voice_in_the_ledger_leads_to_its_row_and_a_wish_names_who_claimed_it(client):
    deputy = DeputyFactory()
    claim = WishClaimFactory(deputy=deputy, helper="")
    voice = claim.wish.voice
    Voice.objects.filter(pk=voice.pk).update(closed_on=DAY)
    client.force_login(staff())
    address = reverse("suggestions:new_deed") + f"?voice={voice.pk}"
    assert client.get(address).context["form"].initial["deputy"] == deputy.pk

    deed = DeedFactory(source="wish", voice=voice, region=voice.region)
    assert client.get(address)["Location"] == reverse("suggestions:deed", args=[deed.pk])
    shown = client.get(reverse("suggestions:voice_detail", args=[voice.pk])).text
    assert "看办实事台账" in shown
    assert address not in shown


@pytest.mark.parametrize("query", ["q=路灯", "period=2026Q3", "state=pending", "category={}"])
def test_the_list_is_narrowed(client, query):
    wanted = DeedFactory(title="东街口装了路灯", finished_on=DAY)
    other = EntryFactory(dictionary="field", name="水利", code="water")
    DeedFactory(
        title="修桥", finished_on=dt.date(2026, 4, 1), verification="verified", category=other
    )
    client.force_login(staff())
    page = client.get(f"{reverse('suggestions:deeds')}?{query.format(wanted.category_id)}")

    assert list(page.context["page"]) == [wanted]
