"""Training plans and their coverage, the course library, lectures (M99–M105)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities.forms.learning import (
    ArrangeForm,
    CourseFilter,
    CourseForm,
    LectureForm,
    LinkForm,
    PlanForm,
    SessionForm,
    StudyForm,
    questions_in,
    quiz_form,
)
from activities.models import (
    Course,
    CourseCompletion,
    CourseFile,
    TrainingPlan,
    TrainingSession,
)
from activities.selectors import learning as selectors
from activities.services import learning as services
from congress_portal.core.attempts import attempt
from congress_portal.core.enums import Role
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import page_of
from congress_portal.core.models import Region
from deputies.models import Deputy
from deputies.selectors import deputy_of


def _own_deputy(request: HttpRequest) -> Deputy | None:
    return deputy_of(request.user) if request.user.has_role(Role.DEPUTY) else None


def _writes(request: HttpRequest) -> bool:
    return bool(request.user.scope.write_prefixes)


def _may_write(request: HttpRequest, region: Region) -> bool:
    return bool(request.user.scope.may_write_code(region.code))


def _year(request: HttpRequest) -> int:
    asked = request.GET.get("year", "")
    if asked.isascii() and asked.isdigit() and 2000 <= int(asked[:4]) <= 2100:
        return int(asked[:4])
    return timezone.localdate().year


# --- plans and sessions ---------------------------------------------------------------------------


@require_safe
def training(request: HttpRequest) -> HttpResponse:
    """The year: plans with their sessions and coverage, breakdowns, towns without a training."""
    if not request.user.scope.read_prefixes:
        raise Http404("没有这个页面。")
    year = _year(request)
    plans = list(selectors.plans_of_year(request.user, year))
    sessions = TrainingSession.objects.visible_to(request.user).filter(plan__in=plans)
    lines = selectors.covered_sessions(sessions)
    by_plan = [(plan, [line for line in lines if line[0].plan_id == plan.pk]) for plan in plans]
    towns = selectors.towns_of_year(request.user, year)
    context = {
        "year": year,
        "years": [year + 1, year, year - 1, year - 2],
        "plans": by_plan,
        "kinds": selectors.by_kind(request.user, year),
        "categories": selectors.by_category(request.user, year),
        "towns": towns,
        "towns_missing": sum(not town.held for town in towns),
        "may_add": _writes(request),
    }
    return render(request, "activities/training.html", context)


def _plan(request: HttpRequest, pk: int) -> TrainingPlan:
    rows = TrainingPlan.objects.visible_to(request.user).select_related("region")
    found = get_object_or_404(rows, pk=pk)
    if not _may_write(request, found.region):
        raise PermissionDenied
    return found


@require_http_methods(["GET", "POST"])
def write_plan(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    if not _writes(request):
        raise PermissionDenied
    plan = _plan(request, pk) if pk else None
    form = PlanForm(request.POST or None, user=request.user, plan=plan)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "values": form.values, "plan_pk": pk,
                 "seen": form.cleaned_data["seen"]}  # fmt: skip
        saved = attempt(form, services.save_plan, **given)
        if saved is not None:
            messages.success(request, f"「{saved}」已保存，接着可以加班次。")
            return redirect(f"{reverse('activities:training')}?year={saved.year}")
    return render(request, "activities/training_plan.html", {"form": form, "plan": plan})


@require_http_methods(["GET", "POST"])
def write_session(
    request: HttpRequest, plan_pk: int | None = None, pk: int | None = None
) -> HttpResponse:
    session = _session(request, pk, to_write=True) if pk else None
    plan = session.plan if session else _plan(request, plan_pk or 0)
    form = SessionForm(request.POST or None, user=request.user, plan=plan, session=session)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "plan_pk": plan.pk, "values": form.values,
                 "session_pk": pk, "seen": form.cleaned_data["seen"],
                 "key": form.cleaned_data["key"]}  # fmt: skip
        saved = attempt(form, services.save_session, **given)
        if saved is not None:
            messages.success(request, f"「{saved}」已保存。")
            return redirect("activities:training_session", pk=saved.pk)
    context = {"form": form, "plan": plan, "session": session}
    return render(request, "activities/training_write.html", context)


def _session(request: HttpRequest, pk: int, *, to_write: bool = False) -> TrainingSession:
    rows = selectors.sessions_in_full(TrainingSession.objects.visible_to(request.user))
    found = get_object_or_404(rows, pk=pk)
    if to_write and not _may_write(request, found.plan.region):
        raise PermissionDenied
    return found


@require_safe
def training_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Coverage, and who has not been there yet: a reader of places sees names in own scope."""
    if not request.user.scope.read_prefixes:
        raise Http404("没有这个页面。")
    session = _session(request, pk)
    coverage = selectors.Roll([session]).coverage(session)
    missing = selectors.missing_deputies(coverage, request.user)
    context = {
        "session": session,
        "coverage": coverage,
        "page": page_of(request, missing),
        "may_write": _may_write(request, session.plan.region),
    }
    return render(request, "activities/training_session.html", context)


@require_http_methods(["GET", "POST"])
def link_session(request: HttpRequest, pk: int) -> HttpResponse:
    session = _session(request, pk, to_write=True)
    rows = selectors.linkable(session, request.user)
    form = LinkForm(request.POST or None, session=session, rows=rows)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "session_pk": pk, **form.cleaned_data}
        if attempt(form, services.link_activities, **given) is not None:
            messages.success(request, "已保存，覆盖率按这些活动的到会情况计算。")
            return redirect("activities:training_session", pk=pk)
    context = {"form": form, "session": session}
    return render(request, "activities/training_link.html", context)


@require_http_methods(["GET", "POST"])
def arrange_session(request: HttpRequest, pk: int) -> HttpResponse:
    """One step: plan the activity and put everyone missing on its list."""
    session = _session(request, pk, to_write=True)
    form = ArrangeForm(request.POST or None, session=session)
    if request.method == "POST" and form.is_valid():
        names = ("form", "held_on", "begins_at", "place", "key")
        given = {"actor": request.user, "session_pk": pk,
                 **{name: form.cleaned_data[name] for name in names}}  # fmt: skip
        made = attempt(form, services.arrange_session, **given)
        if made is not None:
            activity, number = made
            messages.success(request, f"已列好活动，名单上有 {number} 人，请核对后发通知。")
            return redirect("activities:detail", pk=activity.pk)
    missing = len(selectors.Roll([session]).coverage(session).missing)
    context = {"form": form, "session": session, "missing": missing}
    return render(request, "activities/training_arrange.html", context)


# --- courses --------------------------------------------------------------------------------------


@require_safe
def course_list(request: HttpRequest) -> HttpResponse:
    """A deputy sees the courses that fit the own sector first; ``?all=on`` shows every one."""
    deputy = _own_deputy(request)
    form = CourseFilter(request.GET, user=request.user)
    rows = form.apply(selectors.courses_for(request.user, deputy))
    everything = request.GET.get("all") == "on" or deputy is None
    if not everything and deputy:
        rows = selectors.fits(rows, deputy)
    year = timezone.localdate().year
    context = {
        "form": form,
        "page": page_of(request, rows),
        "deputy": deputy,
        "everything": everything,
        "study": selectors.study_of(deputy, year) if deputy else None,
        "year": year,
        "may_add": _writes(request),
    }
    return render(request, "activities/course_list.html", context)


def _course(request: HttpRequest, pk: int, *, to_write: bool = False) -> Course:
    rows = selectors.courses_for(request.user, _own_deputy(request))
    found = get_object_or_404(selectors.course_in_full(rows), pk=pk)
    if to_write and not _may_write(request, found.region):
        raise PermissionDenied
    return found


@require_http_methods(["GET", "POST"])
def course(request: HttpRequest, pk: int) -> HttpResponse:
    """Text, files, quiz; a deputy notes here that it has been studied."""
    found, deputy = _course(request, pk), _own_deputy(request)
    done = CourseCompletion.objects.filter(course=found, deputy=deputy).first() if deputy else None
    form = StudyForm(request.POST or None, course=found) if deputy and not done else None
    if request.method == "POST":
        if deputy is None:
            raise PermissionDenied
        if form is None:
            messages.info(request, "这门课您已学完。")
            return redirect("activities:course", pk=pk)
        if form.is_valid():
            given = {"actor": request.user, "deputy": deputy, "course_pk": pk,
                     "answers": form.answers, "note": form.cleaned_data["note"]}  # fmt: skip
            if attempt(form, services.complete_course, **given) is not None:
                messages.success(request, "已记入您的学习记录。")
                return redirect("activities:course", pk=pk)
    may_write = _may_write(request, found.region)
    context = {
        "course": found,
        "done": done,
        "form": form if found.published_at else None,
        "may_write": may_write,
        "page": page_of(request, selectors.finished(found, request.user)) if may_write else None,
    }
    return render(request, "activities/course.html", context)


@require_http_methods(["GET", "POST"])
def write_course(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    if not _writes(request):
        raise PermissionDenied
    found = _course(request, pk, to_write=True) if pk else None
    form = CourseForm(request.POST or None, request.FILES or None, user=request.user, course=found)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        given = {"actor": request.user, "values": form.values, "files": [file] if file else [],
                 "course_pk": pk, "seen": form.cleaned_data["seen"],
                 "key": form.cleaned_data["key"]}  # fmt: skip
        saved = attempt(form, services.save_course, **given)
        if saved is not None:
            messages.success(request, "已保存。核对后发布，代表才能看到。")
            return redirect("activities:course", pk=saved.pk)
    return render(request, "activities/course_write.html", {"form": form, "course": found})


@require_http_methods(["GET", "POST"])
def course_quiz(request: HttpRequest, pk: int) -> HttpResponse:
    found = _course(request, pk, to_write=True)
    formset = quiz_form(request.POST or None, found)
    refusal = ""
    if request.method == "POST" and formset.is_valid():
        try:
            services.set_quiz(actor=request.user, course_pk=pk, questions=questions_in(formset))
        except DomainError as error:
            refusal = error.message
        else:
            messages.success(request, "测验题已保存。")
            return redirect("activities:course", pk=pk)
    context = {"course": found, "formset": formset, "refusal": refusal}
    return render(request, "activities/course_quiz.html", context)


@require_POST
def publish_course(request: HttpRequest, pk: int) -> HttpResponse:
    _course(request, pk, to_write=True)
    try:
        fresh = services.publish_course(actor=request.user, course_pk=pk)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "已发布。" if fresh else "这门课早已发布。")
    return redirect("activities:course", pk=pk)


@require_safe
def course_file(request: HttpRequest, pk: int) -> FileResponse:
    paper = get_object_or_404(CourseFile.objects.visible_to(request.user), pk=pk)
    _course(request, paper.course_id)
    return FileResponse(paper.file.open("rb"), as_attachment=True)


@require_POST
def drop_course_file(request: HttpRequest, pk: int) -> HttpResponse:
    paper = get_object_or_404(CourseFile.objects.visible_to(request.user), pk=pk)
    found = _course(request, paper.course_id, to_write=True)
    services.drop_file(actor=request.user, file_pk=pk)
    messages.success(request, "已去掉这份课件。")
    return redirect("activities:course", pk=found.pk)


# --- lectures -------------------------------------------------------------------------------------


@require_safe
def lecture_list(request: HttpRequest) -> HttpResponse:
    page: Any = page_of(request, selectors.lectures(request.user))
    may_add = _writes(request) or _own_deputy(request) is not None
    return render(request, "activities/training_lectures.html", {"page": page, "may_add": may_add})


@require_http_methods(["GET", "POST"])
def log_lecture(request: HttpRequest) -> HttpResponse:
    own = None if _writes(request) else _own_deputy(request)
    if own is None and not _writes(request):
        raise PermissionDenied
    form = LectureForm(request.POST or None, request.FILES or None, user=request.user, own=own)
    if request.method == "POST" and form.is_valid():
        saved = attempt(form, services.log_lecture, actor=request.user, **form.given)
        if saved is not None:
            messages.success(request, "已记下，主讲的代表已计入。")
            return redirect("activities:lectures")
    return render(request, "activities/training_lecture.html", {"form": form})
