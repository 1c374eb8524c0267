"""Letters to the open mailbox: written, imported, triaged."""

from typing import Any

from django import forms
from django.utils import timezone

from congress_portal.core.enums import TOWN_LEVELS, Dictionary, RegionLevel
from congress_portal.core.models import DictionaryEntry, Region, User
from congress_portal.core.periods import Period
from deputies.models import Deputy, Mandate
from suggestions.forms.calls import OnceForm
from suggestions.forms.fields import DeputyNamesField, WordsField
from suggestions.models import Intake


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Every chosen file."""
        files = data if isinstance(data, (list, tuple)) else [data]
        return [super(ManyFilesField, self).clean(file, initial) for file in files]


class IntakeForm(OnceForm):
    """A deputy writes to the own congress; the office logs what came otherwise."""

    region = forms.ModelChoiceField(Region.objects.none(), label="哪里的人大", empty_label=None)
    sender_name = forms.CharField(label="寄件人", required=False, max_length=60)
    sender_address = forms.CharField(label="邮箱或电话", required=False, max_length=120)
    subject = forms.CharField(label="主题", max_length=200)
    body = WordsField("内容", rows=10, longest=20_000)

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        is_office = bool(user.scope.write_prefixes)
        self.fields["region"].queryset = offices_of(user) if is_office else congresses_of(user)
        if not is_office:
            del self.fields["sender_name"], self.fields["sender_address"]


def congresses_of(user: User) -> Any:
    """Congresses in which the person sits now."""
    today = timezone.localdate()
    seats = Mandate.objects.filter(deputy__user=user).in_force(Period(today, today, ""))
    return Region.objects.filter(pk__in=seats.values("region")).order_by("code")


def offices_of(user: User) -> Any:
    """Congresses whose office the person works for."""
    levels = (RegionLevel.COUNTY, *TOWN_LEVELS)
    return Region.objects.editable_by(user).filter(level__in=levels).order_by("code")


class MailForm(forms.Form):
    region = forms.ModelChoiceField(Region.objects.none(), label="哪里的人大", empty_label=None)
    files = ManyFilesField(
        label="邮件文件",
        widget=ManyFiles(attrs={"accept": ".eml"}),
        help_text="在邮箱里把邮件另存为 .eml，可以一次选多个；导入过的不会重复。",
        error_messages={"required": "请选择邮件文件。"},
    )

    def __init__(self, data: Any = None, files: Any = None, *, user: User) -> None:
        super().__init__(data, files)
        self.fields["region"].queryset = offices_of(user)


class IntakeDraftForm(forms.Form):
    deputy = DeputyNamesField("写成哪位代表的建议", help_text="写姓名，同名的加镇名。")

    def __init__(self, data: Any = None, *, intake: Intake) -> None:
        super().__init__(data, auto_id="draft_%s")
        today = timezone.localdate()
        seated = Deputy.objects.filter(mandates__region=intake.region)
        rows = seated.in_office(Period(today, today, "")).select_related("town").distinct()
        self.fields["deputy"].rows = rows
        if rows.filter(name=intake.sender_name).count() == 1:
            self.initial["deputy"] = intake.sender_name

    def clean_deputy(self) -> Deputy:
        found: list[Deputy] = self.cleaned_data["deputy"]
        if len(found) != 1:
            raise forms.ValidationError("请写一位代表。")
        return found[0]


class IntakeVoiceForm(forms.Form):
    field = forms.ModelChoiceField(
        DictionaryEntry.objects.of(Dictionary.FIELD).active(),
        label="问题类别",
        required=False,
        empty_label="暂不确定",
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="voice_%s")


class SetAsideForm(forms.Form):
    reason = WordsField("不转办的理由", rows=3, longest=400)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="aside_%s")
