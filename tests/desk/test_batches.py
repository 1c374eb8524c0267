"""Pages of what is made in the background: start once, watch, take away; others meet 404."""

import io
import uuid
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from congress_portal.core.batches import registry, services
from congress_portal.core.enums import AuditAction, Level, Role
from congress_portal.core.models import AuditEntry, Batch, BatchItem, RoleAssignment
from tests.factories.activities import ActivityFactory
from tests.factories.batches import BatchFactory, BatchItemFactory, Steered
from tests.factories.core import CountyFactory, TownFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory, MandateFactory, TermFactory

pytestmark = pytest.mark.django_db
START = "/registers/deputies/files/"


@pytest.fixture
def towns(freeze):
    freeze("2026-10-08 09:00")
    county = CountyFactory()
    return [
        TownFactory(name="云溪镇", code="421299101000", parent=county),
        TownFactory(name="石门镇", code="421299102000", parent=county),
    ]


@pytest.fixture
def office(client, towns):
    client.force_login(staff())
    return client


@pytest.fixture
def kind():
    registry.register_kind(Steered())
    yield
    registry._kinds.pop("steered")


def start(client, **data):
    given = {"year": "2026", "town": "", "key": str(uuid.uuid4())}
    return client.post(START, {**given, **data})


def batch_at(response):
    assert response.status_code == 302, response.context["form"].errors
    return Batch.objects.get(token=response.url.split("/")[2])


def batch_at_rest(batch):
    return Batch.objects.get(pk=batch.pk)


def download(client, batch):
    return client.get(reverse("batches:file", args=[batch.token]))


def archive(response):
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def test_duty_files_of_the_county_come_as_one_zip(office, towns):
    zhang = DeputyFactory(name="张伟", town=towns[0], seat=True)
    DeputyFactory(name="李静", town=towns[1], seat=True)
    ActivityFactory(title="视察防汛", deputies=[zhang], region=towns[0])

    batch = batch_at(start(office))
    assert "共 2 份，已排队" in office.get(f"/batches/{batch.token}/").content.decode()
    services.work(batch.pk)
    page = office.get(f"/batches/{batch.token}/").content.decode()
    answer = download(office, batch)

    assert "已做好" in page
    assert "只有您能下载" in page
    assert batch_at_rest(batch).result_name == "2026年履职档案-全部.zip"
    found = archive(answer)
    assert found.namelist() == [
        "云溪镇/张伟代表2026年履职档案.pdf",
        "石门镇/李静代表2026年履职档案.pdf",
    ]
    text = PdfReader(io.BytesIO(found.read(found.namelist()[0]))).pages[0].extract_text()
    assert "张伟代表2026年履职档案" in text
    assert AuditEntry.objects.get(action=AuditAction.EXPORT).changes == {"rows": 2}


def test_duty_files_of_one_town(office, towns):
    DeputyFactory(name="张伟", town=towns[0], seat=True)
    DeputyFactory(name="李静", town=towns[1], seat=True)

    batch = batch_at(start(office, town=str(towns[1].pk)))

    assert [item.label for item in batch.items.all()] == ["李静（石门镇）"]


def test_only_deputies_of_the_year_have_a_file(office, towns):
    DeputyFactory(name="张伟", town=towns[0], seat=True)
    earlier = DeputyFactory(name="前任", town=towns[0])
    MandateFactory(
        deputy=earlier,
        term=TermFactory(name="第十七届", begins_on="2016-01-01", ends_on="2021-01-01"),
    )

    assert [item.label for item in batch_at(start(office)).items.all()] == ["张伟（云溪镇）"]
    assert [item.label for item in batch_at(start(office, year="2020")).items.all()] == [
        "前任（云溪镇）"
    ]


def test_a_year_without_deputies_is_told(office, towns):
    response = start(office)

    assert "没有要做的文件" in response.content.decode()
    assert Batch.objects.count() == 0


def test_an_impossible_year_is_told(office, towns):
    response = start(office, year="1066")

    assert response.context["form"].errors["year"]


def test_a_double_click_starts_one_batch(office, towns):
    DeputyFactory(town=towns[0], seat=True)
    key = str(uuid.uuid4())

    first, second = start(office, key=key), start(office, key=key)

    assert first.url == second.url
    assert Batch.objects.count() == 1
    services.work(batch_at(first).pk)
    assert start(office, key=key).url == first.url
    assert start(office).url != first.url


def test_the_number_of_somebody_elses_form_is_refused(office, client, towns):
    DeputyFactory(town=towns[0], seat=True)
    key = str(uuid.uuid4())
    start(office, key=key)
    client.force_login(town_clerk(towns[0]))

    response = start(client, key=key)

    assert "请刷新后再点一次" in response.content.decode()
    assert Batch.objects.count() == 1


def test_a_clerk_gets_the_own_towns_deputies_only(client, towns):
    DeputyFactory(name="张伟", town=towns[0], seat=True)
    DeputyFactory(name="李静", town=towns[1], seat=True)
    client.force_login(town_clerk(towns[0]))
    assert "town" not in client.get(START).context["form"].fields

    batch = batch_at(start(client, town=str(towns[1].pk)))

    assert [item.label for item in batch.items.all()] == ["张伟（云溪镇）"]


@pytest.mark.parametrize("role", [Role.DEPUTY, Role.AUDITOR, ""])
def test_the_start_page_is_there_for_readers_of_places_only(client, towns, role):
    client.force_login(UserFactory(role=role))

    assert client.get(START).status_code == 404
    assert start(client).status_code == 404


def test_a_batch_is_there_only_for_who_asked(office, client, towns):
    DeputyFactory(town=towns[0], seat=True)
    batch = batch_at(start(office))
    services.work(batch.pk)

    for other in (staff(), UserFactory(is_superuser=True), town_clerk(towns[0])):
        client.force_login(other)
        assert client.get(f"/batches/{batch.token}/").status_code == 404
        assert download(client, batch).status_code == 404
        assert batch.title not in client.get("/batches/").content.decode()


def test_who_lost_the_region_cannot_take_it_away(client, towns):
    DeputyFactory(town=towns[0], seat=True)
    clerk = town_clerk(towns[0])
    client.force_login(clerk)
    batch = batch_at(start(client))
    services.work(batch.pk)
    RoleAssignment.objects.filter(user=clerk).update(region=towns[1])

    answer = client.get(reverse("batches:file", args=[batch.token]), follow=True)

    assert "权限已不能查看" in answer.content.decode()
    assert not AuditEntry.objects.filter(action=AuditAction.EXPORT).exists()


def test_a_deputy_who_left_the_scope_meanwhile_is_told_on_the_paper(client, towns):
    deputy = DeputyFactory(name="张伟", town=towns[0])
    MandateFactory(deputy=deputy, term=TermFactory(level=Level.TOWN, region=towns[0]))
    DeputyFactory(name="李静", town=towns[0], seat=True)
    client.force_login(town_clerk(towns[0]))
    batch = batch_at(start(client))
    deputy.mandates.all().delete()
    deputy.town = towns[1]
    deputy.save()

    services.work(batch.pk)

    assert batch.items.get(label="张伟（云溪镇）").error.startswith("这位代表已删除，或已不在")
    assert "没有做成的" in client.get(f"/batches/{batch.token}/").content.decode()


def test_the_page_works_without_scripts_and_refreshes_with_htmx(office, towns):
    DeputyFactory(town=towns[0], seat=True)
    batch = batch_at(start(office))
    address = f"/batches/{batch.token}/"

    whole = office.get(address).content.decode()
    part = office.get(address, headers={"HX-Request": "true"}).content.decode()
    services.work(batch.pk)
    done = office.get(address, headers={"HX-Request": "true"}).content.decode()

    assert '<noscript><meta http-equiv="refresh"' in whole
    assert f'<a href="{address}">看最新进度</a>' in whole
    assert part.startswith('<section id="progress" hx-get=')
    assert "<html" not in part
    assert "hx-get" not in done
    assert "下载（" in done


def test_an_expired_result_is_not_served(office, towns, freeze, client):
    DeputyFactory(town=towns[0], seat=True)
    batch = batch_at(start(office))
    services.work(batch.pk)
    freeze("2026-11-08 09:00")
    client.force_login(batch.actor)

    page = client.get(reverse("batches:file", args=[batch.token]), follow=True).content.decode()

    assert "文件已过期删除" in page
    assert "下载（" not in page


def test_a_stalled_batch_is_told(client, freeze, kind):
    freeze("2026-10-08 09:00")
    batch = BatchFactory(state="running", moved_at=timezone.now())
    BatchItemFactory(batch=batch)
    freeze("2026-10-08 09:10")
    client.force_login(batch.actor)

    assert "好一会儿没有进展" in client.get(f"/batches/{batch.token}/").content.decode()


@pytest.mark.parametrize("size", [1, 3])
def test_list_takes_the_same_queries_for_any_number_of_batches(client, size):
    user = staff()
    for _ in range(size):
        BatchItemFactory.create_batch(2, batch=BatchFactory(actor=user))
    client.force_login(user)

    with CaptureQueriesContext(connection) as queries:
        page = client.get("/batches/").content.decode()

    assert (page.count("0/2"), len(queries)) == (size, 5)


@pytest.mark.parametrize("size", [1, 3])
def test_progress_takes_the_same_queries_for_any_number_of_failures(client, size):
    batch = BatchFactory(state="failed", message="没有")
    BatchItemFactory.create_batch(size, batch=batch, state="failed", error="没有记录。")
    client.force_login(batch.actor)

    with CaptureQueriesContext(connection) as queries:
        page = client.get(f"/batches/{batch.token}/").content.decode()

    assert (page.count("没有记录。"), len(queries)) == (size, 6)


def test_an_empty_list_says_where_to_begin(client):
    client.force_login(staff())

    assert "还没有批量文件。" in client.get("/batches/").content.decode()
    assert BatchItem.objects.count() == 0
