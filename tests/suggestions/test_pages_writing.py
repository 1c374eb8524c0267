"""A deputy at the writing form: drafts, autosave, co-signers, summary, the voice behind it."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from suggestions import services
from suggestions.enums import CoSignerState, Kind, State
from suggestions.models import Suggestion
from tests.factories import workflow as flow
from tests.factories.core import TownFactory
from tests.factories.stations import ReceptionFactory
from tests.factories.suggestions import OpinionFactory, VoiceFactory
from tests.factories.uploads import PNG

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(freeze):
    freeze("2026-03-02 09:00")
    return flow.make_cast()


def filled(cast, **more):
    text = {name: value for name, value in flow.TEXT.items() if isinstance(value, str)}
    return {
        "kind": "suggestion", "field": cast.field.pk, "is_one_matter": "on", "session": "interval",
        **text, **more,
    }  # fmt: skip


def new_form(client):
    return client.get(reverse("suggestions:new")).context["form"]


def test_a_double_tap_is_one_draft(client, cast):
    client.force_login(cast.lead.user)
    key = str(new_form(client).initial["key"])

    for _ in range(2):
        answer = client.post(reverse("suggestions:new"), filled(cast, key=key, then="check"))

    item = Suggestion.objects.get()
    assert answer.url == reverse("suggestions:check", args=[item.pk])
    assert (item.lead, item.region, item.state) == (cast.lead, cast.county, State.DRAFT)


def test_autosave_and_the_button_write_the_same_draft(client, cast):
    client.force_login(cast.lead.user)
    key = str(new_form(client).initial["key"])
    sent = {"kind": "suggestion", "key": key, "title": "关于修复公路的建议"}

    saved = client.post(reverse("suggestions:autosave"), sent).json()
    again = client.post(reverse("suggestions:autosave"), {**sent, "seen_at": saved["seen_at"]})
    client.post(reverse("suggestions:new"), filled(cast, key=key, seen_at=saved["seen_at"]))

    assert saved["said"] == "09:00 已自动保存"
    assert again.json()["pk"] == saved["pk"]
    assert Suggestion.objects.get().situation == flow.TEXT["situation"]


def test_a_draft_saved_elsewhere_is_told_and_the_text_stays(client, cast, freeze):
    item = flow.draft(cast)
    client.force_login(cast.lead.user)
    address = reverse("suggestions:write", args=[item.pk])
    seen = client.get(address).context["form"].initial["seen_at"]
    freeze("2026-03-02 10:00")
    services.save_draft(pk=item.pk, actor=cast.lead.user, data={"title": "手机上改过的题目"})

    page = client.post(address, filled(cast, seen_at=seen, analysis="电脑上写的分析"))

    assert "刚在别处保存过" in page.text
    assert "电脑上写的分析" in page.text
    assert Suggestion.objects.get().title == "手机上改过的题目"


def test_autosave_tells_a_stale_page(client, cast, freeze):
    item = flow.draft(cast)
    client.force_login(cast.lead.user)
    sent = {"kind": "suggestion", "draft": item.pk, "title": "新题目",
            "seen_at": "2026-03-01T00:00:00+08:00"}  # fmt: skip

    answer = client.post(reverse("suggestions:autosave"), sent)

    assert answer.status_code == 409
    assert "刚在别处保存过" in answer.json()["said"]


def test_a_refused_file_keeps_what_was_typed(client, cast):
    client.force_login(cast.lead.user)
    key = str(new_form(client).initial["key"])
    paper = SimpleUploadedFile("照片.exe", b"MZ")

    page = client.post(reverse("suggestions:new"), filled(cast, key=key, paper=paper))

    assert "不支持「.exe」文件" in page.text
    assert flow.TEXT["situation"] in page.text


def test_a_paper_is_read_by_who_reads_the_case(client, cast):
    item = flow.draft(cast)
    client.force_login(cast.lead.user)
    upload = SimpleUploadedFile("路面.png", PNG)
    client.post(
        reverse("suggestions:add_file", args=[item.pk]), {"kind": "draft", "upload": upload}
    )
    paper = item.attachments.get()

    def status(user):
        client.force_login(user)
        answer = client.get(reverse("suggestions:file", args=[paper.pk]))
        if answer.streaming:
            b"".join(answer.streaming_content)  # read to its end, which closes it
        return answer.status_code

    assert [status(cast.lead.user), status(cast.office), status(cast.mate.user)] == [200, 404, 404]


def test_colleague_is_found_by_pinyin_and_confirms(client, cast):
    item = flow.draft(cast)
    client.force_login(cast.lead.user)
    address = reverse("suggestions:cosigners", args=[item.pk])
    found = client.get(address, {"q": cast.mate.initials or cast.mate.name})
    assert cast.mate.name in found.text

    client.post(address, {"deputies": [cast.mate.pk]})
    client.force_login(cast.mate.user)
    home = client.get(reverse("desk:home"))
    client.post(reverse("suggestions:cosign", args=[item.pk]), {"answer": "yes"})

    assert f"{cast.lead.name}邀请您附议" in home.text
    assert item.cosignatures.get().state == CoSignerState.CONFIRMED


def test_who_declines_is_led_home(client, cast):
    item = flow.draft(cast)
    services.invite_cosigners(pk=item.pk, actor=cast.lead.user, deputies=[cast.mate])
    client.force_login(cast.mate.user)

    answer = client.post(reverse("suggestions:cosign", args=[item.pk]), {"answer": "no"})

    assert answer.url == reverse("desk:home")
    assert client.get(reverse("suggestions:detail", args=[item.pk])).status_code == 404


def test_summary_names_what_is_missing_and_offers_no_button(client, cast):
    item = services.save_draft(actor=cast.lead.user, data={"title": "路"})
    client.force_login(cast.lead.user)
    address = reverse("suggestions:check", args=[item.pk])

    page = client.get(address)
    refused = client.post(address, page.context["form"].initial)

    assert "标题至少写 6 个字，现在 1 个字。" in page.text
    assert ">提交</button>" not in page.text
    assert "请选择类别。" in refused.text
    assert Suggestion.objects.get().state == State.DRAFT


def test_a_text_changed_in_another_window_is_checked_again(client, cast, freeze):
    item = flow.draft(cast)
    client.force_login(cast.lead.user)
    address = reverse("suggestions:check", args=[item.pk])
    shown = client.get(address).context["form"].initial
    freeze("2026-03-02 09:05")
    services.save_draft(actor=cast.lead.user, pk=item.pk, data={"title": "关于另一条路的建议"})

    warned = client.post(address, shown)
    state = Suggestion.objects.get().state
    client.post(address, warned.context["form"].data)

    assert "页面打开后情况已变" in warned.text
    assert "关于另一条路的建议" in warned.text
    assert state == State.DRAFT
    assert Suggestion.objects.get().state == State.SUBMITTED


def test_motion_form_asks_for_its_own_parts(client, cast):
    client.force_login(cast.lead.user)

    form = client.get(reverse("suggestions:new"), {"kind": "motion"}).context["form"]

    labels = [field.label for _, fields in form.groups() for field in fields]
    assert labels[:4] == ["题目", "案由", "案据", "方案"]
    client.post(reverse("suggestions:new"), filled(cast, key=str(form.initial["key"]), kind="motion",
                                                   reason="群众反映强烈"))  # fmt: skip
    assert Suggestion.objects.get().kind == Kind.MOTION


def test_a_voice_becomes_a_suggestion_without_the_voters_name(client, cast):
    reception = ReceptionFactory(deputies=[cast.lead])
    voice = OpinionFactory(reception=reception, matter="通村公路坑洼", visitor_name="王大爷")
    client.force_login(cast.lead.user)

    asked = client.get(reverse("suggestions:from_voice", args=[voice.pk]))
    started = client.post(reverse("suggestions:from_voice", args=[voice.pk]))

    item = Suggestion.objects.get()
    page = client.get(started.url)
    assert item.situation == "通村公路坑洼"
    assert list(item.sources.all()) == [voice]
    assert ["王大爷" in text for text in (asked.text, page.text)] == [False, False]


def test_a_voice_of_elsewhere_is_not_there(client, cast):
    voice = VoiceFactory(region=TownFactory())
    client.force_login(cast.lead.user)

    assert client.get(reverse("suggestions:from_voice", args=[voice.pk])).status_code == 404


def test_similar_ones_are_shown_while_writing(client, cast):
    item = flow.accepted(cast)
    client.force_login(cast.lead.user)

    page = client.get(reverse("suggestions:similar"), {"title": flow.TEXT["title"]})
    client.force_login(cast.stranger.user)
    hidden = client.get(reverse("suggestions:similar"), {"title": flow.TEXT["title"]})

    assert item.title in page.text
    assert item.title not in hidden.text


def test_published_ones_of_earlier_years_are_shown_with_title_and_outcome_only(client, cast):
    published = flow.rate(cast, flow.answered(cast, consents_to_publication=True))
    flow.submitted(cast, title="关于修复白鹤村通村公路护栏的建议")  # unpublished, of others
    services.publish_suggestion(pk=published.pk, actor=cast.office)
    Suggestion.objects.filter(pk=published.pk).update(year=2024)
    client.force_login(cast.stranger.user)

    page = client.get(
        reverse("suggestions:similar"),
        {"title": flow.TEXT["title"], "text": flow.TEXT["situation"]},
    )

    assert [each.suggestion for each in page.context["similar"]] == [published]
    assert "2024年001" in page.text
    assert "（A类，办结，相近" in page.text
    assert flow.TEXT["situation"] not in page.text


@pytest.mark.parametrize("rows", [1, 3])
def test_similar_ones_ask_a_fixed_number_of_queries(client, cast, django_assert_num_queries, rows):
    for _ in range(rows):
        flow.answered(cast)
    client.force_login(cast.lead.user)

    with django_assert_num_queries(8):
        client.get(reverse("suggestions:similar"), {"title": flow.TEXT["title"]})


def test_staff_enter_on_behalf_with_paper_signatures(client, cast):
    client.force_login(cast.office)
    address = f"{reverse('suggestions:new')}?deputy={cast.lead.pk}"
    key = str(client.get(address).context["form"].initial["key"])

    client.post(address, filled(cast, key=key, paper=SimpleUploadedFile("原件.png", PNG)))
    item = Suggestion.objects.get()
    client.post(
        reverse("suggestions:paper_cosigners", args=[item.pk]), {"deputies": cast.mate.name}
    )
    address = reverse("suggestions:check", args=[item.pk])
    client.post(address, client.get(address).context["form"].initial)

    item.refresh_from_db()
    assert (item.entered_on_behalf, item.state) == (True, State.SUBMITTED)
    assert item.attachments.get().kind == "scan"
    assert item.cosignatures.get().on_paper


def test_draft_is_deleted_after_a_summary(client, cast):
    item = flow.draft(cast)
    client.force_login(cast.lead.user)
    address = reverse("suggestions:discard", args=[item.pk])

    assert "不能恢复" in client.get(address).text
    client.post(address)

    assert not Suggestion.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_my_list_asks_a_fixed_number_of_queries(client, cast, django_assert_num_queries, rows):
    for _ in range(rows):
        flow.handed_over(cast)
    client.force_login(cast.lead.user)

    with django_assert_num_queries(10):
        page = client.get(reverse("suggestions:mine"))

    assert len(page.context["page"].object_list) == rows


def test_an_account_without_a_seat_is_told(client, cast):
    cast.lead.mandates.update(ends_on=dt.date(2026, 1, 1))
    client.force_login(cast.lead.user)

    page = client.get(reverse("suggestions:new"), follow=True)

    assert "没有在任的县、镇人大代表职务" in page.text
