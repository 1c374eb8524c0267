"""Questionnaires: list, entry, paper sheets, tables, Excel and PDF, an answer as a problem."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from congress_portal.core.attempts import attempt
from congress_portal.core.documents.files import file_response, send_paper
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import page_of
from congress_portal.core.stale import fingerprint
from suggestions.enums import SurveyState
from suggestions.forms.surveys import DiscardForm, ProblemForm, SheetsForm, SurveyForm
from suggestions.models import Survey, SurveyAnswer, SurveyResponse
from suggestions.reports.surveys import survey_paper, survey_sheet, survey_workbook
from suggestions.selectors.surveys import (
    may_run,
    results_of,
    said_on,
    sheets_of,
    surveys_for,
    words_of,
)
from suggestions.services import surveys as service


@require_safe
def surveys(request: HttpRequest) -> HttpResponse:
    may_write = bool(request.user.scope.write_prefixes)
    context = {"page": page_of(request, surveys_for(request.user)), "may_write": may_write}
    return render(request, "suggestions/surveys.html", context)


@require_http_methods(["GET", "POST"])
def write_survey(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new one, or a draft changed."""
    if not request.user.scope.write_prefixes:
        raise PermissionDenied
    found = _kept(request, pk) if pk else None
    form = SurveyForm(request.POST or None, user=request.user, survey=found)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "survey_pk": pk, **form.cleaned_data}
        if (row := attempt(form, service.write_survey, **given)) is not None:
            messages.success(request, "问卷已保存；核对以后开始调查。")
            return redirect("suggestions:survey", pk=row.pk)
    return _form_page(request, form, "修改问卷" if pk else "新问卷", found)


@require_safe
def survey_responses(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheets one by one, for who runs the questionnaire."""
    row = _kept(request, pk)
    page = page_of(request, sheets_of(row))
    lines = [(each, said_on(each)) for each in page]
    context = {"survey": row, "page": page, "lines": lines}
    return render(request, "suggestions/survey_responses.html", context)


@require_http_methods(["GET", "POST"])
def discard_response(request: HttpRequest, pk: int) -> HttpResponse:
    rows = SurveyResponse.objects.visible_to(request.user).select_related("survey")
    response = get_object_or_404(rows, pk=pk)
    row = _kept(request, response.survey_id)
    form = DiscardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "response_pk": pk, **form.cleaned_data}
        if attempt(form, service.discard_response, **given) is not None:
            messages.success(request, "这份答卷已删去。")
            return redirect("suggestions:survey_responses", pk=row.pk)
    return _form_page(request, form, f"删去第 {response.pk} 号答卷", row)


@require_safe
def survey(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(surveys_for(request.user), pk=pk)
    results = results_of(row)
    beside = results.beside_places
    context = {
        "survey": row,
        "results": results,
        "tables": [
            (table, [(each, beside(each.counts)) for each in table.rows], beside(table.bases))
            for table in results.tables
        ],
        "answers": page_of(request, words_of(row)),
        "may_run": may_run(request.user, row),
        "seen": fingerprint(row),
    }
    return render(request, "suggestions/survey.html", context)


def _kept(request: HttpRequest, pk: int) -> Survey:
    """404 for strangers, 403 for readers."""
    row = get_object_or_404(surveys_for(request.user), pk=pk)
    if not may_run(request.user, row):
        raise PermissionDenied
    return row


@require_POST
def survey_step(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """``action``: open, closed, show, hide, discard."""
    row = _kept(request, pk)
    given: dict[str, Any] = {"actor": request.user, "survey_pk": pk}
    given["seen"] = request.POST.get("seen", "")
    try:
        if action == "discard":
            service.discard_survey(**given)
        elif action in ("open", "closed"):
            service.move_survey(state=action, **given)
        else:
            service.publish_survey(is_published=action == "show", **given)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "已登记。")
        if action == "discard":
            return redirect("suggestions:surveys")
    return redirect("suggestions:survey", pk=row.pk)


@require_http_methods(["GET", "POST"])
def survey_sheets(request: HttpRequest, pk: int) -> HttpResponse:
    row = _kept(request, pk)
    if row.state != SurveyState.OPEN and request.method == "GET":
        messages.error(request, "只有调查中的问卷才能录入答卷。")
        return redirect("suggestions:survey", pk=pk)
    form = SheetsForm(request.POST or None, survey=row)
    if request.method == "POST" and form.is_valid():
        given = {"method": form.cleaned_data["method"], "key": form.cleaned_data["key"]}
        given |= {"actor": request.user, "survey_pk": pk, "sheets": form.sheets}
        count = attempt(form, service.enter_sheets, **given)
        if count is not None:
            messages.success(request, f"已录入 {count} 份答卷。")
            return redirect("suggestions:survey_sheets", pk=pk)
    return render(request, "suggestions/survey_sheets.html", {"form": form, "survey": row})


@require_http_methods(["GET", "POST"])
def survey_problem(request: HttpRequest, pk: int) -> HttpResponse:
    """An answer becomes a tracked problem, once."""
    rows = SurveyAnswer.objects.visible_to(request.user).exclude(words="")
    answer = get_object_or_404(rows.select_related("response__survey", "problem"), pk=pk)
    row = _kept(request, answer.response.survey_id)
    if hasattr(answer, "problem"):
        messages.info(request, "这条回答已经转过，这是转成的群众意见。")
        return redirect("suggestions:voice_detail", pk=answer.problem.voice_id)
    form = ProblemForm(request.POST or None, answer=answer)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "answer_pk": pk, **form.cleaned_data}
        made = attempt(form, service.problem_from_answer, **given)
        if made is not None:
            messages.success(request, "已列入问题清单，转为群众意见。")
            return redirect("suggestions:voice_detail", pk=made.voice_id)
    return _form_page(request, form, "列入问题清单", row)


def _form_page(request: HttpRequest, form: Any, title: str, row: Survey | None) -> HttpResponse:
    context = {"form": form, "title": title, "survey": row}
    return render(request, "suggestions/survey_form.html", context)


@require_safe
def survey_excel(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(surveys_for(request.user), pk=pk)
    return file_response(survey_workbook(row), f"{row.title}-结果", "xlsx")


@require_safe
def survey_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(surveys_for(request.user), pk=pk)
    return send_paper(survey_paper(row), "pdf", row)


@require_safe
def survey_blank(request: HttpRequest, pk: int) -> HttpResponse:
    """The questionnaire on paper, to be copied and handed out."""
    row = get_object_or_404(surveys_for(request.user), pk=pk)
    return send_paper(survey_sheet(row), "pdf", row)
