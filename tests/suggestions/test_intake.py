"""The open mailbox (M98): a mail or a form makes an intake item, which is triaged once."""

import datetime as dt
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from congress_portal.core.enums import Role
from congress_portal.core.models import Notice
from suggestions import services
from suggestions.enums import IntakeState, State, VoiceSource
from suggestions.models import Intake, IntakePaper, Suggestion, Voice
from suggestions.services import RefusedError
from tests.factories import workflow as flow
from tests.factories.core import UserFactory
from tests.factories.uploads import PNG
from tests.suggestions.test_mail_reading import mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(freeze):
    freeze("2026-03-02 09:00")
    return flow.make_cast(1)


@pytest.fixture
def letter(cast):
    message = mail(sender=f"{cast.lead.name} <a@example.com>")
    message.add_attachment(PNG, maintype="image", subtype="png", filename="路面.png")
    message.add_attachment(b"MZ", maintype="application", subtype="x-dos", filename="游戏.exe")
    data = message.as_bytes()
    return services.import_mail(actor=cast.office, region=cast.county, data=data)[0]


def test_mail_is_logged_once_with_its_papers(cast, letter):
    data = mail().as_bytes()

    again, is_new = services.import_mail(actor=cast.office, region=cast.county, data=data)

    assert (again, is_new) == (letter, False)
    assert [paper.name for paper in letter.papers.all()] == ["路面.png"]
    assert letter.remark == "没有收下的附件：游戏.exe。"
    assert letter.received_at == dt.datetime(2026, 3, 2, 0, 30, tzinfo=dt.UTC)


def test_draft_waits_for_the_deputy_who_puts_it_forward(client, cast, letter):
    draft = services.draft_from_intake(intake_pk=letter.pk, actor=cast.office, deputy=cast.lead)

    assert (draft.lead, draft.state) == (cast.lead, State.DRAFT)
    assert (draft.title, draft.situation) == ("白鹤村通村公路破损", "路坏了，请修。")
    assert draft.attachments.get().name == "路面.png"
    assert Notice.objects.get().user == cast.lead.user
    client.force_login(cast.lead.user)
    assert client.get(reverse("suggestions:write", args=[draft.pk])).status_code == 200


def test_a_draft_the_deputy_disowns_is_triaged_anew(cast, letter):
    draft = services.draft_from_intake(intake_pk=letter.pk, actor=cast.office, deputy=cast.lead)
    services.discard_draft(pk=draft.pk, actor=cast.lead.user)

    set_aside = services.set_aside_intake(
        intake_pk=letter.pk, actor=cast.office, reason="代表说明不是他写的"
    )

    assert set_aside.state == IntakeState.SET_ASIDE


def test_a_voters_matter_becomes_a_voice(cast, letter):
    voice = services.voice_from_intake(intake_pk=letter.pk, actor=cast.office, field=cast.field)

    assert (voice.source, voice.raised_on) == (VoiceSource.MAILBOX, dt.date(2026, 3, 2))
    assert voice.matter == "白鹤村通村公路破损\n路坏了，请修。"
    assert Intake.objects.get().voice == voice


def test_the_second_of_two_officers_reads_who_decided(cast, letter):
    services.set_aside_intake(intake_pk=letter.pk, actor=cast.office, reason="广告")
    other = UserFactory(role=Role.STAFF, role__region=cast.county)

    with pytest.raises(RefusedError, match="代表工委已经处理：不转办"):
        services.voice_from_intake(intake_pk=letter.pk, actor=other)

    assert not Voice.objects.exists()


def test_setting_aside_needs_a_reason(cast, letter):
    with pytest.raises(RefusedError, match="请写明不转办的理由"):
        services.set_aside_intake(intake_pk=letter.pk, actor=cast.office, reason=" ")


@pytest.mark.parametrize("who", ["stranger", "officer"])
def test_others_read_and_decide_nothing(client, cast, letter, who):
    user = {"stranger": cast.stranger.user, "officer": cast.officer()}[who]
    client.force_login(user)
    paper = letter.papers.get()

    pages = [
        client.get(reverse("suggestions:intake", args=[letter.pk])),
        client.get(reverse("suggestions:intake_paper", args=[paper.pk])),
        client.post(reverse("suggestions:intake_aside", args=[letter.pk]), {"reason": "广告"}),
    ]

    assert [page.status_code for page in pages] == [404, 404, 404]
    assert not IntakePaper.objects.visible_to(user).exists()
    assert Intake.objects.get().state == IntakeState.RECEIVED


def test_deputy_writes_and_reads_what_became_of_it(client, cast):
    client.force_login(cast.lead.user)
    form = client.get(reverse("suggestions:new_intake")).context["form"]
    data = {
        "key": str(form.initial["key"]), "region": cast.county.pk,
        "subject": "路灯不亮", "body": "白鹤村三盏路灯不亮。",
    }  # fmt: skip

    client.post(reverse("suggestions:new_intake"), data)
    twice = client.post(reverse("suggestions:new_intake"), data, follow=True)
    sent = Intake.objects.get()
    page = client.get(reverse("suggestions:intake", args=[sent.pk]))

    assert "没有重复办理" in twice.text
    assert (sent.sender_name, sent.entered_by) == (cast.lead.name, cast.lead.user)
    assert "不转办的理由" not in page.text
    refused = client.post(reverse("suggestions:intake_aside", args=[sent.pk]), {"reason": "x"})
    assert refused.status_code == 403


def test_office_imports_several_and_is_told_which_is_no_mail(client, cast):
    client.force_login(cast.office)
    files = [
        SimpleUploadedFile("一.eml", mail().as_bytes()),
        SimpleUploadedFile("二.eml", mail(message_id="<2@example.com>").as_bytes()),
        SimpleUploadedFile("三.eml", b"hello"),
    ]

    page = client.post(
        reverse("suggestions:import_mails"), {"region": cast.county.pk, "files": files}
    )

    assert Intake.objects.count() == 2
    assert "三.eml：不是邮件文件" in page.text


def test_triage_by_the_page(client, cast, letter):
    client.force_login(cast.office)
    page = client.get(reverse("suggestions:intake", args=[letter.pk]))
    address = reverse("suggestions:intake_draft", args=[letter.pk])

    nobody = client.post(address, {"deputy": "没这个人"})
    client.post(address, {"deputy": cast.lead.name})
    again = client.post(reverse("suggestions:intake_voice", args=[letter.pk]), {})

    assert page.context["draft"].initial["deputy"] == cast.lead.name
    assert "没有找到代表「没这个人」" in nobody.text
    assert "已经处理：写成建议草稿" in again.text
    assert Suggestion.objects.get().lead == cast.lead


@pytest.mark.parametrize("rows", [1, 3])
def test_box_asks_a_fixed_number_of_queries(client, cast, django_assert_num_queries, rows):
    for number in range(rows):
        data = mail(message_id=f"<{number}@example.com>").as_bytes()
        services.import_mail(actor=cast.office, region=cast.county, data=data)
    client.force_login(cast.office)

    with django_assert_num_queries(5):
        page = client.get(reverse("suggestions:intakes"), {"state": "received"})

    assert len(page.context["page"].object_list) == rows


def test_command_imports_a_folder_and_names_what_is_no_mail(cast, tmp_path):
    (tmp_path / "一.eml").write_bytes(mail().as_bytes())
    (tmp_path / "二.eml").write_bytes(b"hello")
    out, err = StringIO(), StringIO()

    with pytest.raises(CommandError, match="有文件不能导入"):
        call_command("import_mail", tmp_path, region=cast.county.code, stdout=out, stderr=err)

    assert out.getvalue() == "新登记 1 件，以前导入过 0 件，不能导入 1 件。\n"
    assert "二.eml：不是邮件文件" in err.getvalue()


def test_admin_shows_letters_and_adds_none(client, cast, letter):
    client.force_login(cast.office)

    page = client.get(reverse("admin:suggestions_intake_change", args=[letter.pk]))

    assert page.status_code == 200
    assert "白鹤村通村公路破损" in page.text
    assert client.get(reverse("admin:suggestions_intake_add")).status_code == 403
