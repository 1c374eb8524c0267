"""What a unit fills in for its own part."""

from typing import Any

from django import forms

from deputies.models import Deputy
from suggestions.enums import ContactForm
from suggestions.forms.fields import (
    DayField,
    StepForm,
    WordsField,
    class_field,
    comment_field,
    held_on,
)
from suggestions.models import Letterhead, Promise
from suggestions.services.answering import proposers_of


class SignForm(StepForm):
    on = held_on("签收日期")


class ReturnRequestForm(StepForm):
    comment = WordsField(
        "退办理由", rows=4, longest=400, help_text="写明依据哪项职责分工应由谁办。"
    )


class ContactEntryForm(StepForm):
    on = held_on("沟通日期")
    form = forms.ChoiceField(label="方式", choices=ContactForm.choices, widget=forms.RadioSelect)
    deputies = forms.ModelMultipleChoiceField(
        Deputy.objects.none(), label="与哪几位代表", widget=forms.CheckboxSelectMultiple
    )
    others = forms.CharField(
        label="其他参加人",
        required=False,
        max_length=200,
        help_text="提出建议的代表在上面勾选；村干部、单位分管负责人等写在这里。",
    )
    content = WordsField("沟通内容", help_text="谈了什么，代表怎么说，约定了什么。")

    def prepare(self) -> None:
        people = proposers_of(self.suggestion)
        self.fields["deputies"].queryset = Deputy.objects.filter(pk__in=[d.pk for d in people])
        if len(people) == 1:
            self.initial["deputies"] = people

    @property
    def values(self) -> dict[str, Any]:
        return {**super().values, "deputies": list(self.cleaned_data["deputies"])}


class ExtensionForm(StepForm):
    until = DayField("申请延至")
    comment = WordsField("理由", rows=3, longest=400)


class OpinionForm(StepForm):
    opinion = WordsField("会办意见", rows=8, longest=10_000)
    number = forms.CharField(
        label="文号",
        required=False,
        max_length=60,
        help_text="留空就由系统接着本单位会办意见的号往下编。",
    )
    on = held_on("日期")


class ReplyForm(StepForm):
    """Starts from the attempt that was sent back, so that nothing is typed twice."""

    reply_class = class_field()
    body = WordsField(
        "答复内容",
        rows=12,
        longest=20_000,
        help_text="只写正文；称呼、开头、结尾和落款由系统按公文格式加上。",
    )
    letter_number = forms.CharField(
        label="答复文号",
        required=False,
        max_length=60,
        help_text="留空就在签发时接着本单位答复函的号往下编；另有收发文登记的照填。",
    )
    contact_name = forms.CharField(label="联系人", max_length=40)
    contact_phone = forms.CharField(label="联系电话", max_length=40)
    promise = WordsField(
        "承诺事项",
        rows=3,
        required=False,
        help_text="B 类要写：什么时候做到什么，人大机关按此跟踪。",
    )
    promise_due_on = DayField("承诺完成日期", required=False)
    is_public = forms.BooleanField(label="答复可以公开", required=False, initial=True)

    def prepare(self) -> None:
        last = self.part.drafts.filter(round=self.part.round).order_by("-pk").first()
        earlier = last or self.part.drafts.order_by("-pk").first()
        if earlier is not None:
            for name in ("contact_name", "contact_phone", "is_public"):
                self.initial[name] = getattr(earlier, name)
        if last is not None:
            for name in ("body", "letter_number", "promise", "promise_due_on"):
                self.initial[name] = getattr(last, name)
            self.initial["reply_class"] = last.reply_class_id

    @property
    def values(self) -> dict[str, Any]:
        return {"data": super().values}


class SendBackForm(StepForm):
    comment = WordsField("退回意见", rows=3, longest=400)


class ApproveForm(StepForm):
    on = held_on("签发日期")
    comment = comment_field(required=False, label="审批意见")


class PromiseReportForm(StepForm):
    promise = forms.ModelChoiceField(
        Promise.objects.none(), label="哪一项承诺", empty_label=None, widget=forms.RadioSelect
    )
    on = held_on("报告日期")
    content = WordsField("进展情况")
    claims_done = forms.BooleanField(label="已经兑现，请人大机关核对", required=False)

    def prepare(self) -> None:
        rows = self.suggestion.promises.all().open()
        self.offer_rows("promise", rows, "这项承诺已经了结。")
        first = rows.first()
        self.initial["promise"] = first.pk if first else None

    @property
    def values(self) -> dict[str, Any]:
        data = dict(super().values)
        promise = data.pop("promise")
        return {**data, "promise_pk": promise.pk}


class LetterheadForm(forms.ModelForm):
    """The unit's own data on its letters."""

    class Meta:
        model = Letterhead
        fields = ("leader_name", "leader_phone", "reply_prefix", "opinion_prefix")
