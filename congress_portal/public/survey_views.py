"""A questionnaire by its public link: no account, no name, no scripts; results once let out."""

import uuid
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from ipware import get_client_ip

from congress_portal.core.attempts import attempt
from congress_portal.core.fields import WordsField
from congress_portal.core.listing import page_of
from congress_portal.public.asking import AskingForm
from congress_portal.public.caching import revalidated
from congress_portal.public.reports import qr_svg
from suggestions.enums import QuestionKind, SurveyState
from suggestions.models import Survey, SurveyQuestion, VoiceRule
from suggestions.selectors.surveys import public_tables
from suggestions.services import surveys as service
from suggestions.services.surveys import Filled


class AnswerForm(AskingForm):
    """The questions as lists to tick; the address that answered often is asked a sum."""

    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"invalid": "请重新打开再填。"})
    website = forms.CharField(  # people do not see it; machines fill it
        required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})
    )

    def __init__(self, data: Any = None, *, survey: Survey, asks: bool) -> None:
        super().__init__(data)
        self.initial["key"] = uuid.uuid4()
        self.questions = list(survey.questions.all())
        targets = survey.targets.select_related("district")
        self.districts = {str(each.district_id): each.district for each in targets}
        names = [(pk, each.name) for pk, each in self.districts.items()]
        self.fields["district"] = forms.ChoiceField(
            label="您在哪个选区", choices=[("", "请选择"), *names]
        )
        for question in self.questions:
            self.fields[f"q{question.pk}"] = _field(question)
        self.fields["agrees"] = forms.BooleanField(label="我看过上面的说明，愿意回答")
        if asks:
            self.ask()

    @property
    def asked(self) -> list[Any]:
        names = ["district", *(f"q{each.pk}" for each in self.questions), "agrees"]
        return [self[name] for name in (*names, "answer") if name in self.fields]

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError("没有收下，请重新打开再填。")
        return ""

    @property
    def sheet(self) -> Filled:
        picked: dict[int, list[int]] = {}
        words: dict[int, str] = {}
        for question in self.questions:
            value = self.cleaned_data.get(f"q{question.pk}") or ""
            if question.kind == QuestionKind.WORDS:
                words[question.pk] = value
            else:
                many = [value] if isinstance(value, str) else value
                picked[question.pk] = [int(n) for n in many if n]
        return Filled(self.districts[self.cleaned_data["district"]], picked, words)


def _field(question: SurveyQuestion) -> forms.Field:
    label = str(question)
    if question.kind == QuestionKind.WORDS:
        return WordsField(label, rows=3, longest=1000, required=False, help_text="不写姓名和电话。")
    if question.kind == QuestionKind.SEVERAL:
        return forms.MultipleChoiceField(
            label=label, choices=question.choices, required=False,
            widget=forms.CheckboxSelectMultiple, help_text="可以选几项。",
        )  # fmt: skip
    return forms.ChoiceField(label=label, choices=question.choices, widget=forms.RadioSelect)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def survey(request: HttpRequest, token: str) -> HttpResponse:
    row = get_object_or_404(Survey.objects.exclude(state=SurveyState.DRAFT), token=token)
    if not service.is_taking(row, timezone.localdate()):
        return render(request, "public/survey.html", {"survey": row, "form": None})
    address = str(get_client_ip(request)[0] or "")
    rule = VoiceRule.objects.all().of(row.region)
    asks = service.answers_today(address) >= rule.easy_posts
    form = AnswerForm(request.POST or None, survey=row, asks=asks)
    if request.method == "POST" and form.is_valid():
        given = {"survey": row, "sheet": form.sheet, "key": form.cleaned_data["key"]}
        if attempt(form, service.answer_survey, **given, address=address) is not None:
            return redirect("public:survey_thanks", token=token)
    form.ask_again()
    return render(request, "public/survey.html", {"survey": row, "form": form})


@login_not_required
@never_cache
@require_safe
def survey_thanks(request: HttpRequest, token: str) -> HttpResponse:
    row = get_object_or_404(Survey.objects.exclude(state=SurveyState.DRAFT), token=token)
    return render(request, "public/survey_thanks.html", {"survey": row})


@revalidated
def surveys(request: HttpRequest) -> HttpResponse:
    """Questionnaires whose results the office let out; open ones are reached by their link."""
    rows = Survey.objects.all().shown().select_related("region").order_by("-pk")
    return render(request, "public/surveys.html", {"page": page_of(request, rows)})


@revalidated
def survey_results(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Survey.objects.all().shown(), pk=pk)
    context = {"survey": row, "tables": public_tables(row), "answered": row.responses.count()}
    return render(request, "public/survey_results.html", context)


@login_not_required
@require_safe
def survey_qr(request: HttpRequest, token: str) -> HttpResponse:
    row = get_object_or_404(Survey.objects.exclude(state=SurveyState.DRAFT), token=token)
    return HttpResponse(qr_svg("public:survey", row.token), content_type="image/svg+xml")
