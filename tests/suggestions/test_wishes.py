"""Small wishes: each step at each state, who may, one claim at a time, the voter's thanks."""

import datetime as dt
import uuid

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from congress_portal.core.enums import Role
from congress_portal.core.models import AuditEntry, Notice
from congress_portal.core.reminders import run_reminders
from congress_portal.core.stale import StaleRecordError, fingerprint
from congress_portal.core.workdays import seed_calendar
from suggestions.enums import VoiceState, WishState
from suggestions.models import VoiceCase, Wish, WishClaim
from suggestions.selectors.voice_states import state_of
from suggestions.services import wishes
from suggestions.services.voices import voter
from suggestions.services.voices.handling import take_voice_step
from suggestions.services.voices.steps import VoiceError
from suggestions.voice_workflow import VoiceAction
from suggestions.wish_workflow import WISH_TABLE, WishAction, next_wish_state
from suggestions.workflow import TransitionNotAllowedError
from tests.factories import uploads
from tests.factories.core import TownFactory, UnitFactory, UserFactory, staff, town_clerk
from tests.factories.stations import StationFactory
from tests.factories.voices import WishClaimFactory, WishFactory
from tests.factories.workflow import deputy_with_account

pytestmark = pytest.mark.django_db
TODAY, LATER = dt.date(2026, 10, 8), dt.date(2026, 10, 20)


@pytest.fixture(autouse=True)
def _clock(freeze):
    freeze("2026-10-08 10:00")
    seed_calendar(2026)


@pytest.fixture
def deputy():
    return deputy_with_account()


def claimed(deputy, wish=None):
    wish = wish or WishFactory(open=True)
    given = {"actor": deputy.user, "deputy": deputy, "promised_on": LATER}
    wishes.claim_wish(wish_pk=wish.pk, **given)
    return Wish.objects.get(pk=wish.pk)


def fulfilled(deputy):
    wish = claimed(deputy)
    given = {"wish_pk": wish.pk, "result": "送去一盏台灯", "fulfilled_on": TODAY}
    return wishes.fulfil_wish(actor=deputy.user, **given)


@pytest.mark.parametrize("action", WishAction)
@pytest.mark.parametrize("state", WishState)
def test_next_wish_state_follows_the_table(action, state):
    row = WISH_TABLE[action]
    if state in row.sources:
        assert next_wish_state(action, state) == (row.to or state)
    else:
        with pytest.raises(TransitionNotAllowedError, match=row.label):
            next_wish_state(action, state)


@pytest.mark.parametrize("words", ["请打 13812345678 找我", "给王大爷一盏台灯"])
def test_a_published_text_names_nobody(words):
    wish = WishFactory()

    with pytest.raises(wishes.WishError, match="公布前请删去"):
        wishes.publish_wish(actor=staff(), wish_pk=wish.pk, text=words, seen=fingerprint(wish))

    wish.refresh_from_db()
    assert (wish.state, wish.text) == ("waiting", "")


def test_publishing_accepts_the_voice_and_a_stale_page_is_refused():
    wish = WishFactory()
    VoiceCase.objects.update(state=VoiceState.LOGGED)
    seen, office = fingerprint(wish), staff()

    wishes.publish_wish(actor=office, wish_pk=wish.pk, text="一盏台灯", seen=seen)

    wish.refresh_from_db()
    assert (wish.state, state_of(wish.voice)) == ("open", VoiceState.ACCEPTED)
    with pytest.raises(TransitionNotAllowedError):
        wishes.publish_wish(actor=office, wish_pk=wish.pk, text="别的", seen=seen)
    other = WishFactory()
    with pytest.raises(StaleRecordError):
        wishes.publish_wish(actor=office, wish_pk=other.pk, text="别的", seen="old")


def test_a_deputy_claims_once_and_a_second_one_is_told(deputy):
    wish = claimed(deputy)

    claimed(deputy, wish)

    other = deputy_with_account()
    with pytest.raises(wishes.WishError, match="刚刚有人认领"):
        claimed(other, wish)
    assert wish.state == "claimed"
    assert WishClaim.objects.get().deputy == deputy
    assert AuditEntry.objects.filter(model="suggestions.WishClaim").count() == 1


def test_a_claim_promises_a_day_to_come(deputy):
    wish = WishFactory(open=True)

    with pytest.raises(wishes.WishError, match="不能早于今天"):
        wishes.claim_wish(
            actor=deputy.user, wish_pk=wish.pk, deputy=deputy, promised_on=dt.date(2026, 10, 7)
        )


def test_a_claim_given_back_is_free_for_others(deputy):
    wish = claimed(deputy)

    wishes.give_back(actor=deputy.user, wish_pk=wish.pk, reason="缺货")

    wish.refresh_from_db()
    other = deputy_with_account()
    assert wish.state == "open"
    assert claimed(other, wish).state == "claimed"
    assert WishClaim.objects.get(deputy=deputy).reason == "缺货"


def test_another_deputy_neither_gives_back_nor_fulfils(deputy):
    wish, other = claimed(deputy), deputy_with_account().user

    with pytest.raises(wishes.WishError, match="认领的人"):
        wishes.give_back(actor=other, wish_pk=wish.pk, reason="不办")
    with pytest.raises(wishes.WishError, match="认领的人"):
        wishes.fulfil_wish(actor=other, wish_pk=wish.pk, result="办了办了", fulfilled_on=TODAY)


def test_a_fulfilled_wish_answers_the_voter_who_thanks_once(deputy):
    wish = fulfilled(deputy)
    case = wish.voice.case
    case.refresh_from_db()

    wishes.thank(case=case, words="谢谢，我的电话13812345678")
    wishes.thank(case=case, words="再谢")

    wish.refresh_from_db()
    notice = Notice.objects.get(user=deputy.user, key=f"wish-thanked-{wish.pk}")
    assert (case.state, case.answer) == (VoiceState.ANSWERED, "送去一盏台灯")
    assert wish.thanks.startswith("谢谢")
    assert "138" not in notice.body


def test_the_words_of_thanks_are_for_who_helped_and_who_handled(client, deputy):
    """The form promises the voter just that; a bureau without a part read name and number."""
    wish = fulfilled(deputy)
    wishes.thank(case=wish.voice.case, words="我叫王大妈，电话13812345678")
    page = reverse("suggestions:wish", args=[wish.pk])
    bureau = UserFactory(role=Role.UNIT_OFFICER, role__unit=UnitFactory())
    shown = {}
    for user in (bureau, deputy_with_account().user, deputy.user, staff()):
        client.force_login(user)
        text = client.get(page).text
        shown[user] = ("王大妈" in text, "13812345678" in text, "已致谢" in text)

    assert list(shown.values()) == [
        (False, False, True), (False, False, True), (True, False, False), (True, True, False),
    ]  # fmt: skip


def test_who_says_not_solved_gets_the_same_claim_taken_up_again(client, deputy):
    wish = fulfilled(deputy)

    voter.say_not_solved(case=VoiceCase.objects.get(), reason="台灯不亮，电话13912345678")

    wish.refresh_from_db()
    assert (wish.state, WishClaim.objects.get().fulfilled_on) == ("claimed", None)
    client.force_login(deputy.user)
    page = client.get(reverse("suggestions:wish", args=[wish.pk])).text
    assert "台灯不亮" in page
    assert "上次登记的：送去一盏台灯" in page
    assert "139" not in page
    assert Notice.objects.get(user=deputy.user, key__startswith="wish-again").body == (
        "台灯不亮，电话（号码略）"
    )
    assert "您认领的微心愿" in client.get("/").text
    wishes.fulfil_wish(
        actor=deputy.user, wish_pk=wish.pk, result="换了一盏新的", fulfilled_on=TODAY
    )
    assert VoiceCase.objects.get().answer == "换了一盏新的"


def test_claims_past_their_day_remind_once(deputy):
    claimed(deputy)

    assert run_reminders(LATER)["微心愿过了答应的日期"] == 0
    assert run_reminders(dt.date(2026, 10, 21))["微心愿过了答应的日期"] == 1
    assert run_reminders(dt.date(2026, 10, 22))["微心愿过了答应的日期"] == 0


def test_staff_enter_a_wish_told_to_them_once():
    station, key = StationFactory(), uuid.uuid4()
    given = {"actor": town_clerk(station.region), "station": station, "matter": "想要一盏台灯"}

    first, again = (wishes.log_wish(key=key, **given) for _ in range(2))

    assert first == again
    assert (first.voice.source, first.voice.number.serial, first.state) == ("wish", 1, "waiting")
    with pytest.raises(wishes.WishError, match="本人同意"):
        wishes.log_wish(visitor_name="张三", **given)


@pytest.mark.parametrize("action", ["publish", "decline", "claim_for", "reword", "take_down"])
def test_a_stranger_meets_404_and_changes_nothing(client, action):
    client.force_login(town_clerk(TownFactory()))
    wish = WishFactory(open=action not in ("publish", "decline"))
    data = {"seen": "x", "text": "一盏台灯", "reason": "不办", "promised_on": "2026-10-20"}

    answer = client.post(
        reverse("suggestions:wish_step", args=[wish.pk, action]), data | {"helper": "县供电公司"}
    )

    assert answer.status_code == 404
    assert not WishClaim.objects.exists()
    assert Wish.objects.get().state == wish.state


def step(client, wish, action, **data):
    address = reverse("suggestions:wish_step", args=[wish.pk, action])
    seen = client.get(address).context["form"].initial.get("seen", "")
    return client.post(address, {"seen": seen, **data}, follow=True)


def test_something_like_a_door_number_is_asked_about(client):
    wish = WishFactory()
    client.force_login(staff())

    told = step(client, wish, "publish", text="梅园村3组15号想要一盏台灯").text
    assert "「3组」像是门牌号" in told
    assert "不是许愿人的住址" in told
    assert Wish.objects.get().state == "waiting"
    step(client, wish, "publish", text="给3号楼的孩子一盏台灯", sure="on")
    assert Wish.objects.get().text == "给3号楼的孩子一盏台灯"


def test_published_words_are_mended_and_a_wish_taken_down(client):
    wish = WishFactory(open=True)
    client.force_login(staff())
    step(client, wish, "take_down", reason="写了住址")
    assert Wish.objects.get().state == "waiting"
    assert AuditEntry.objects.filter(reason="写了住址").exists()

    step(client, wish, "publish", text="一盏台灯")
    claim = WishClaimFactory(wish=wish, helper="县供电公司 联系人13912345678")
    Wish.objects.update(state="claimed")
    told = step(client, wish, "reword", text="一盏护眼灯", helper="县供电公司，13912345678").text
    assert "文字里有电话" in told
    step(client, wish, "reword", text="一盏护眼灯", helper="县供电公司")
    claim.refresh_from_db()
    assert (Wish.objects.get().text, claim.helper) == ("一盏护眼灯", "县供电公司")


def test_a_published_photograph_is_taken_off_for_good(
    client, deputy, django_capture_on_commit_callbacks
):
    wish = fulfilled(deputy)
    claim = wish.claims.get()
    claim.photo.save("a.jpg", ContentFile(uploads.picture()))
    client.force_login(staff())
    photo = reverse("public:wish_photo", args=[claim.pk])
    shown = client.get(photo)
    assert shown.status_code == 200
    assert b"".join(shown.streaming_content)

    with django_capture_on_commit_callbacks(execute=True):
        step(client, wish, "reword", text=wish.text, result="送去一盏台灯", drops_photo="on")

    claim.refresh_from_db()
    assert not claim.photo
    assert client.get(photo).status_code == 404
    assert "撤下公布的照片" not in client.get(reverse("suggestions:wish", args=[wish.pk])).text


def test_staff_enter_the_claim_of_a_deputy_or_a_unit_without_numbers(client, deputy):
    wish = WishFactory(open=True)
    client.force_login(staff())
    day = {"promised_on": "2026-10-20"}

    assert "三样填一样" in step(client, wish, "claim_for", **day).text
    assert "文字里有电话" in step(client, wish, "claim_for", helper="书店13912345678", **day).text
    assert "没有找到代表" in step(client, wish, "claim_for", deputy="无此人", **day).text
    step(client, wish, "claim_for", deputy=deputy.name, **day)
    assert WishClaim.objects.get().deputy == deputy


def test_waiting_wishes_are_their_office_s_alone(client):
    wish = WishFactory()
    client.force_login(UserFactory())
    assert client.get(reverse("suggestions:wish", args=[wish.pk])).status_code == 404

    client.force_login(town_clerk(wish.voice.region))
    assert client.get(reverse("suggestions:wish", args=[wish.pk])).status_code == 200


@pytest.mark.parametrize("state", WishState)
def test_pages_of_each_state_open_for_staff_and_deputy(client, deputy, state):
    wish = {
        "waiting": lambda: WishFactory(),
        "open": lambda: WishFactory(open=True),
        "claimed": lambda: claimed(deputy),
        "fulfilled": lambda: fulfilled(deputy),
        "declined": lambda: WishFactory(state="declined", reason="不合适"),
    }[state]()
    offered = {
        "waiting": ["公布", "不作微心愿"], "open": ["登记代表、企业、单位认领", "更正公布的文字", "撤下"],
        "claimed": ["登记实现", "退回认领", "更正公布的文字"], "fulfilled": ["更正公布的文字"], "declined": [],
    }[state]  # fmt: skip

    client.force_login(staff())
    page = client.get(reverse("suggestions:wish", args=[wish.pk]))

    assert [label for _, label, _ in page.context["offers"]] == offered
    for key, _, _ in page.context["offers"]:
        step = client.get(reverse("suggestions:wish_step", args=[wish.pk, key]))
        assert step.status_code == 200
    client.force_login(deputy.user)
    shown = client.get(reverse("suggestions:wish", args=[wish.pk])).status_code
    assert shown == (404 if state in ("waiting", "declined") else 200)


def test_a_deputy_claims_and_fulfils_by_the_pages(client, deputy):
    wish = WishFactory(open=True)
    client.force_login(deputy.user)
    address = "suggestions:wish_step"

    client.post(reverse(address, args=[wish.pk, "claim"]), {"promised_on": "2026-10-20"})
    done = {"fulfilled_on": "2026-10-08", "result": "送去一盏台灯"}
    page = client.post(reverse(address, args=[wish.pk, "fulfil"]), done, follow=True)

    assert "已登记实现" in page.content.decode()
    assert Wish.objects.get().state == "fulfilled"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_number_of_queries(client, django_assert_num_queries, rows):
    for _ in range(rows):
        WishClaimFactory()
    client.force_login(staff())
    client.get(reverse("suggestions:wishes"))

    with django_assert_num_queries(6):
        client.get(reverse("suggestions:wishes"))


def test_a_published_wish_goes_no_other_way_until_it_is_taken_down(client, deputy):
    wish = claimed(deputy)
    office = staff()
    given = {"action": VoiceAction.SOLVE_AT_ONCE, "voice_pk": wish.voice_id, "actor": office}
    with pytest.raises(VoiceError, match="请在微心愿里办"):
        take_voice_step(comment="马上办好", **given)
    client.force_login(office)
    page = client.get(reverse("suggestions:voice_detail", args=[wish.voice_id]))
    assert "即知即改" not in [label for _, label in page.context["doors"]]

    wishes.give_back(actor=deputy.user, wish_pk=wish.pk, reason="办不了")
    wish.refresh_from_db()
    wishes.take_down_wish(
        actor=office, wish_pk=wish.pk, reason="按一般意见办", seen=fingerprint(wish)
    )
    take_voice_step(comment="马上办好", **given)
    assert state_of(wish.voice) == VoiceState.ANSWERED
