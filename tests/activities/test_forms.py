import datetime as dt
import io

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from activities.forms.entries import ActivityEntryForm, VisitForm
from congress_portal.core.enums import Dictionary
from congress_portal.core.photos import reencoded
from tests.factories.activities import ActivityFormFactory, VisitFactory
from tests.factories.core import EntryFactory, UserFactory, VillageFactory
from tests.factories.deputies import DeputyFactory, GroupFactory, GroupMembershipFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("own", [True, False])
def test_visit_form_starts_today_with_the_deputy_s_last_values(freeze, own):
    """The channel of an imported visit says nothing of today's: it is not chosen beforehand."""
    freeze("2026-09-03 10:00")
    deputy = DeputyFactory(user=UserFactory())
    village = VillageFactory(parent=deputy.town)
    phone = EntryFactory(dictionary=Dictionary.CHANNEL, name="电话")
    entered_by = deputy.user if own else None
    VisitFactory(deputy=deputy, village=village, channel=phone, entered_by=entered_by)

    form = VisitForm(deputy=deputy)

    assert form.initial["held_on"] == dt.date(2026, 9, 3)
    assert form.initial["village"] == village.pk
    assert form.initial["channel"] == (phone.pk if own else None)


def test_visit_form_offers_own_villages_first():
    deputy = DeputyFactory()
    own = VillageFactory(parent=deputy.town)
    deputy.village = own
    deputy.save()
    other = VillageFactory()

    choices = VisitForm(deputy=deputy).fields["village"].choices

    assert [label for label, _ in choices[1:]] == [
        "我常去的", deputy.town.name, other.parent.name,
    ]  # fmt: skip
    assert choices[1][1] == [(own.pk, f"{deputy.town.name}{own.name}")]


@pytest.mark.parametrize(
    ("day", "fault"),
    [
        ("2026-09-04", "日期不能晚于今天。"),
        ("0206-09-03", "请核对日期的年份。"),
        ("2026-02-30", "请填写日期，如 2026-09-03。"),
    ],
)
def test_visit_form_refuses_impossible_days(freeze, day, fault):
    freeze("2026-09-03 10:00")
    channel = EntryFactory(dictionary=Dictionary.CHANNEL, name="走访")

    form = VisitForm({"held_on": day, "channel": channel.pk, "people": 1}, deputy=DeputyFactory())

    assert form.errors == {"held_on": [fault]}


def test_activity_form_asks_hours_of_training_only():
    training = ActivityFormFactory(name="培训学习", counts_as="training")
    data = {"title": "学习代表法", "held_on": "2026-09-03", "form": training.pk}

    form = ActivityEntryForm(data, deputy=DeputyFactory())

    assert form.errors == {"hours": ["培训学习请填写学时。"]}


def test_activity_form_offers_members_of_the_own_group():
    deputy = DeputyFactory()
    group = GroupFactory()
    fellow = GroupMembershipFactory(group=group).deputy
    GroupMembershipFactory(group=group, deputy=deputy)
    DeputyFactory()

    form = ActivityEntryForm(deputy=deputy)

    assert list(form.fields["fellows"].queryset) == [fellow]


def jpeg(**exif):
    image = Image.new("RGB", (3000, 2000), "grey")
    tags = image.getexif()
    tags[0x010F] = "手机"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=tags)
    return out.getvalue()


def test_reencoded_photo_is_small_and_without_exif():
    photo = reencoded(SimpleUploadedFile("a.jpg", jpeg()))

    with Image.open(photo) as image:
        assert (image.format, image.size) == ("JPEG", (1600, 1067))
        assert dict(image.getexif()) == {}


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"MZ\x90\x00 no photo", "不是照片"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF broken", "打不开"),
        (b"", "不是照片"),
    ],
)
def test_reencoded_refuses_what_is_no_photo(content, fault):
    with pytest.raises(forms.ValidationError, match=fault):
        reencoded(SimpleUploadedFile("a.jpg", content))
