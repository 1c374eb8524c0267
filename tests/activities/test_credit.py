"""Good deeds, honours and shared notes: who enters, who checks, who reads (M110, M111, M133)."""

import io
import uuid

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from activities.enums import PostState
from activities.models import ExchangePost, GoodDeed, Honour
from activities.selectors.verifying import kind_of, waiting_rows
from activities.services import credit as services
from activities.services.credit import CreditError
from congress_portal.core.enums import Dictionary, Role, Verification
from congress_portal.core.models import Notice
from congress_portal.core.stale import fingerprint
from tests.factories.core import EntryFactory, TownFactory, UserFactory, staff, town_clerk
from tests.factories.credit import ExchangePostFactory, GoodDeedFactory, HonourFactory
from tests.factories.deputies import DeputyFactory, MandateFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return TownFactory(name="云溪镇")


@pytest.fixture
def deputy(town):
    return DeputyFactory(name="田守义", town=town, user=UserFactory(role=Role.DEPUTY))


def deed_data(**kwargs):
    kind = EntryFactory(dictionary=Dictionary.DEED_KIND, name="捐资修路")
    return {
        "key": str(uuid.uuid4()), "held_on": "2026-07-01", "kind": kind.pk,
        "title": "出资修建柳林村机耕路", "amount": "80000", "beneficiaries": "320", **kwargs,
    }  # fmt: skip


def picture():
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG")
    return SimpleUploadedFile("路.jpg", out.getvalue(), "image/jpeg")


# Deeds


def test_a_deputys_deed_waits_and_is_credited_once_verified(client, deputy, town):
    client.force_login(deputy.user)
    data = deed_data(photo=picture())

    client.post(reverse("activities:new_deed"), data)
    client.post(reverse("activities:new_deed"), {**data, "photo": picture()})

    deed = GoodDeed.objects.get()
    assert (deed.deputy, deed.verification) == (deputy, Verification.PENDING)
    assert deed.photo
    assert list(waiting_rows(kind_of("deed"), town_clerk(town))) == [deed]
    answer = client.get(reverse("activities:deed_photo", args=[deed.pk]))
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")


def test_what_staff_enter_for_a_deputy_counts_at_once(client, deputy, town):
    client.force_login(town_clerk(town))

    client.post(reverse("activities:new_deed"), deed_data(deputy="田守义"))

    deed = GoodDeed.objects.get()
    assert (deed.deputy, deed.verification, deed.on_behalf) == (deputy, "verified", True)
    page = client.get(reverse("activities:deeds"))
    assert "已核实 <strong>1</strong> 件，出资捐助 80,000.00 元，受益 320 人次" in page.text


def test_staff_do_not_enter_for_another_town(client, deputy):
    client.force_login(town_clerk(TownFactory()))

    page = client.post(reverse("activities:new_deed"), deed_data(deputy="田守义"))

    assert "没有找到代表" in page.text
    assert not GoodDeed.objects.exists()


def test_a_verified_deed_is_closed_but_consent_is_the_deputys(client, deputy):
    deed = GoodDeedFactory(deputy=deputy)
    client.force_login(deputy.user)
    consent = reverse("activities:deed_consent", args=[deed.pk])

    edit = reverse("activities:edit_deed", args=[deed.pk])
    opened = client.get(edit, follow=True)
    page = client.post(edit, deed_data(seen=fingerprint(deed)))
    client.post(consent, {"is_publishable": "yes"})

    assert opened.redirect_chain == [(reverse("activities:deed", args=[deed.pk]), 302)]
    assert "已经核实的事迹不能再改" in opened.text
    assert "已经核实的事迹不能再改" in page.text
    deed.refresh_from_db()
    assert deed.is_publishable
    with pytest.raises(CreditError, match="本人决定"):
        services.set_consent(actor=staff(), deed_pk=deed.pk, is_publishable=True)
    services.set_consent(actor=staff(), deed_pk=deed.pk, is_publishable=False)
    assert not GoodDeed.objects.get().is_publishable


def test_a_verified_deed_with_consent_is_shown_to_the_public_and_taken_off(client, deputy, town):
    """The office shows it, the deputy's withdrawn consent takes it off at once (M111)."""
    deed = GoodDeedFactory(deputy=deputy, title="出资修建机耕路", content="电话13800001234")
    MandateFactory(deputy=deputy)
    show = reverse("activities:show_deed", args=[deed.pk])
    pages = [reverse("public:deputy", args=[deputy.pk]), reverse("public:deeds")]

    def seen():
        client.logout()
        texts = [client.get(page).text for page in pages]
        assert not any("13800001234" in text for text in texts)
        return ["出资修建机耕路" in text for text in texts]

    client.force_login(town_clerk(town))
    early = client.post(show, {"is_shown": "yes"}, follow=True)
    assert "本人没有同意对外宣传" in early.text
    services.set_consent(actor=deputy.user, deed_pk=deed.pk, is_publishable=True)
    assert seen() == [False, False], "consent alone shows nothing"

    client.force_login(town_clerk(town))
    assert "公开到网站" in client.get(reverse("activities:deed", args=[deed.pk])).text
    client.post(show, {"is_shown": "yes"})
    assert seen() == [True, True]

    services.set_consent(actor=deputy.user, deed_pk=deed.pk, is_publishable=False)
    deed.refresh_from_db()
    assert (deed.published_on, seen()) == (None, [False, False])


def test_only_the_office_shows_a_deed_and_only_a_verified_one(client, deputy):
    waiting = GoodDeedFactory(deputy=deputy, verification=Verification.PENDING, is_publishable=True)
    show = reverse("activities:show_deed", args=[waiting.pk])
    with pytest.raises(CreditError, match="核实以后"):
        services.show_deed(actor=staff(), deed_pk=waiting.pk, is_shown=True)
    with pytest.raises(CreditError, match="工作人员决定"):
        services.show_deed(actor=deputy.user, deed_pk=waiting.pk, is_shown=True)
    client.force_login(town_clerk(TownFactory()))
    assert client.post(show, {"is_shown": "yes"}).status_code == 404


def test_a_refused_deed_is_mended_and_waits_again(client, deputy):
    deed = GoodDeedFactory(
        deputy=deputy, verification=Verification.REFUSED, refusal_reason="没有写受益人数"
    )
    client.force_login(deputy.user)
    address = reverse("activities:edit_deed", args=[deed.pk])
    seen = client.get(address).context["form"].initial["seen"]

    client.post(address, deed_data(seen=seen))
    stale = client.post(address, deed_data(seen=seen, title="第二次"))

    deed.refresh_from_db()
    assert (deed.verification, deed.refusal_reason, deed.beneficiaries) == ("pending", "", 320)
    assert "刚被别人改过" in stale.text


def test_a_strangers_deed_is_not_there(client, deputy):
    deed = GoodDeedFactory(deputy=deputy, photo="deeds/x.jpg", is_publishable=True)
    for user in (town_clerk(TownFactory()), DeputyFactory(user=UserFactory(role=Role.DEPUTY)).user):
        client.force_login(user)
        for name in ("deed", "edit_deed", "deed_photo"):
            assert client.get(reverse(f"activities:{name}", args=[deed.pk])).status_code == 404
        answer = client.post(reverse("activities:deed_consent", args=[deed.pk]))
        assert answer.status_code == 404
        assert not client.get(reverse("activities:deeds")).context["page"].object_list


def test_the_sheet_holds_the_filtered_rows(client, deputy):
    GoodDeedFactory(deputy=deputy, title="=1+1", amount="12.50")
    GoodDeedFactory()
    client.force_login(staff())

    answer = client.get(reverse("activities:deed_sheet"), {"q": "田守义"})

    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)
    assert len(rows) == 3
    assert rows[2][4:6] == ("=1+1", 12.5)


# Honours


def test_staff_enter_an_honour_once(client, deputy, town):
    client.force_login(town_clerk(town))
    data = {"key": str(uuid.uuid4()), "deputy": "田守义", "held_on": "2026-07-01",
            "title": "优秀人大代表"}  # fmt: skip

    client.post(reverse("activities:new_honour"), data)
    client.post(reverse("activities:new_honour"), data)
    again = client.post(reverse("activities:new_honour"), {**data, "key": str(uuid.uuid4())})

    assert Honour.objects.get().verification == Verification.VERIFIED
    assert "这项表彰已登记" in again.text
    sheet = client.get(reverse("activities:honour_sheet"))
    assert sheet["Content-Disposition"].endswith(".xlsx")


def test_a_deputy_enters_no_honour(client, deputy):
    client.force_login(deputy.user)

    assert client.get(reverse("activities:new_honour")).status_code == 403
    with pytest.raises(CreditError):
        services.log_honour(actor=deputy.user, deputy=deputy, values={})


def test_an_honour_is_seen_by_the_deputy_and_the_own_town(client, deputy, town):
    HonourFactory(deputy=deputy)

    for user, seen in ((deputy.user, 1), (town_clerk(town), 1), (town_clerk(TownFactory()), 0)):
        client.force_login(user)
        assert len(client.get(reverse("activities:honours")).context["page"].object_list) == seen


# Exchange


def test_nothing_is_seen_before_staff_let_it(client, deputy, town):
    clerk, reader = town_clerk(town), DeputyFactory(user=UserFactory(role=Role.DEPUTY)).user
    client.force_login(deputy.user)
    data = {"key": str(uuid.uuid4()), "title": "怎样进网格", "body": "先听，后记。"}
    for _ in range(2):
        client.post(reverse("activities:new_post"), data)
    post = ExchangePost.objects.get()
    address = reverse("activities:exchange_post", args=[post.pk])

    client.force_login(reader)
    before = client.get(address).status_code
    client.force_login(clerk)
    page = client.get(reverse("activities:exchange"))
    client.post(address, {"is_let": "yes", "seen": fingerprint(post)})
    client.force_login(reader)
    after = client.get(address)

    assert before == 404
    assert list(page.context["waiting"]) == [post]
    assert "先听，后记" in after.text
    assert Notice.objects.filter(user=clerk).count() == 1
    assert Notice.objects.filter(user=deputy.user, title__contains="已发布").count() == 1


def test_a_refusal_needs_a_reason_and_can_be_mended(client, deputy, town):
    post = ExchangePostFactory(deputy=deputy)
    address = reverse("activities:exchange_post", args=[post.pk])
    client.force_login(town_clerk(town))

    bare = client.post(address, {"is_let": "no", "seen": fingerprint(post)})
    client.post(address, {"is_let": "no", "reason": "有个人信息", "seen": fingerprint(post)})
    stale = client.post(address, {"is_let": "yes", "seen": fingerprint(post)})
    client.force_login(deputy.user)
    edit = reverse("activities:edit_post", args=[post.pk])
    seen = client.get(edit).context["form"].initial["seen"]
    client.post(edit, {"seen": seen, "title": "改好的", "body": "没有个人信息了"})

    assert "请写明未通过的原因" in bare.text
    assert "刚被别人改过" in stale.text
    post.refresh_from_db()
    assert (post.state, post.title, post.reason) == (PostState.WAITING, "改好的", "")


def test_what_is_published_is_not_changed_and_can_be_withdrawn(client, deputy, town):
    post = ExchangePostFactory(deputy=deputy, state=PostState.PUBLISHED)
    client.force_login(deputy.user)

    page = client.post(
        reverse("activities:edit_post", args=[post.pk]),
        {"seen": fingerprint(post), "title": "偷偷改", "body": "x"},
    )
    services.moderate_post(
        actor=town_clerk(town), post_pk=post.pk, is_let=False, reason="重复", seen=fingerprint(post)
    )

    assert "已经发布的交流不能再改" in page.text
    assert ExchangePost.objects.get().state == PostState.REFUSED


def test_nobody_moderates_for_another_town_or_the_own_note(client, deputy):
    post = ExchangePostFactory(deputy=deputy)
    client.force_login(town_clerk(TownFactory()))
    address = reverse("activities:exchange_post", args=[post.pk])
    assert client.get(address).status_code == 404

    client.force_login(deputy.user)
    assert client.post(address, {"is_let": "yes"}).status_code == 403
    with pytest.raises(ExchangePost.DoesNotExist):
        services.moderate_post(
            actor=town_clerk(TownFactory()), post_pk=post.pk, is_let=True, seen=fingerprint(post)
        )


def test_another_deputys_note_is_not_edited(client, deputy):
    post = ExchangePostFactory(state=PostState.PUBLISHED)
    client.force_login(deputy.user)

    assert client.get(reverse("activities:edit_post", args=[post.pk])).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("name", "make", "queries"),
    [("deeds", GoodDeedFactory, 10), ("honours", HonourFactory, 8),
     ("exchange", ExchangePostFactory, 6)],
)  # fmt: skip
def test_lists_cost_the_same_for_one_and_three(
    client, django_assert_num_queries, name, make, queries, rows
):
    TownFactory.create_batch(2)  # so that the filter by town is there
    make.create_batch(rows)
    client.force_login(staff())
    client.get(reverse(f"activities:{name}"))

    with django_assert_num_queries(queries):
        page = client.get(reverse(f"activities:{name}"))

    assert len(page.context["page"].object_list) == rows


@pytest.mark.parametrize("make", [GoodDeedFactory, HonourFactory, ExchangePostFactory])
def test_admin_pages_keep_to_the_town(client, town, make):
    mine, afar = make(deputy__town=town), make()
    name = mine._meta.model_name
    client.force_login(town_clerk(town))

    page = client.get(reverse(f"admin:activities_{name}_changelist"))
    own = client.get(reverse(f"admin:activities_{name}_change", args=[mine.pk]))
    other = client.get(reverse(f"admin:activities_{name}_change", args=[afar.pk]))

    assert list(page.context["cl"].result_list) == [mine]
    assert (own.status_code, other.status_code) == (200, 404)
