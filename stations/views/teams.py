"""Teams, members and assignments of a campaign, kept by the office."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from congress_portal.core.attempts import attempt
from congress_portal.core.errors import DomainError
from stations.forms.campaigns import AssignForm, MemberForm, ProposeForm, TeamForm
from stations.models import Assignment, Team, TeamMember
from stations.selectors.campaigns import assignments_of
from stations.selectors.parts import parts_in_campaign
from stations.services import teams as services
from stations.views.campaigns import office_campaign
from stations.workflow import Part


def _office_team(request: HttpRequest, pk: int) -> Team:
    """403 for readers, 404 for strangers."""
    rows = Team.objects.visible_to(request.user)
    team = get_object_or_404(
        rows.select_related("campaign__region", "campaign__standard").distinct(), pk=pk
    )
    if Part.OFFICE not in parts_in_campaign(request.user, team.campaign):
        raise PermissionDenied
    return team


@require_http_methods(["GET", "POST"])
def new_team(request: HttpRequest, pk: int) -> HttpResponse:
    campaign = office_campaign(request, pk)
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "campaign_pk": pk, **form.cleaned_data}
        team = attempt(form, services.add_team, **given)
        if team is not None:
            messages.success(request, f"已建立{team}，请加组长和成员。")
            return redirect("inspection:team", pk=team.pk)
    return render(request, "stations/team_form.html", {"form": form, "campaign": campaign})


@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """Members and places; two forms, told apart by the button's name."""
    found = _office_team(request, pk)
    sent = request.POST if request.method == "POST" else None
    is_place = sent is not None and "place" in sent
    members = MemberForm(None if is_place else sent, campaign=found.campaign)
    places = AssignForm(sent if is_place else None, team=found)
    if sent is not None and (done := _take(request, found, places if is_place else members)):
        return done
    context = {
        "team": found,
        "campaign": found.campaign,
        "members": found.members.select_related("user", "home").order_by("-is_leader", "pk"),
        "assignments": assignments_of(request.user, found.campaign).filter(team=found),
        "form": places if is_place else members,
        "member_form": members,
        "place_form": places,
    }
    return render(request, "stations/team_detail.html", context)


def _take(request: HttpRequest, team: Team, form: MemberForm | AssignForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    given = {"actor": request.user, "team_pk": team.pk}
    if isinstance(form, AssignForm):
        done = attempt(form, services.assign, **given, **form.values)
        told = "已安排。"
    else:
        done = attempt(form, services.add_member, **given, **form.cleaned_data)
        told = "已加入。"
    if done is None:
        return None
    messages.success(request, told)
    return redirect("inspection:team", pk=team.pk)


@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    campaign = office_campaign(request, pk)
    form = ProposeForm(request.POST or None, campaign=campaign)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "campaign_pk": pk, **form.cleaned_data}
        done = attempt(form, services.propose_assignments, **given)
        if done is not None:
            loads = "，".join(f"{name} {count} 处" for name, count in done.loads.items())
            messages.success(request, f"新安排 {done.made} 处：{loads}。请核对，可以逐个调整。")
            return redirect("inspection:campaign", pk=pk)
    return render(request, "stations/campaign_propose.html", {"form": form, "campaign": campaign})


@require_POST
def remove_team(request: HttpRequest, pk: int) -> HttpResponse:
    found = _office_team(request, pk)
    gone = _removed(request, services.remove_team, "考评组已删除。", team_pk=pk)
    if gone:
        return redirect("inspection:campaign", pk=found.campaign_id)
    return redirect("inspection:team", pk=pk)


@require_POST
def remove_member(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(TeamMember.objects.visible_to(request.user).distinct(), pk=pk)
    _office_team(request, row.team_id)
    _removed(request, services.remove_member, "已移出考评组。", member_pk=pk)
    return redirect("inspection:team", pk=row.team_id)


@require_POST
def remove_assignment(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Assignment.objects.visible_to(request.user).distinct(), pk=pk)
    _office_team(request, row.team_id)
    _removed(request, services.unassign, "已取消这处分工。", assignment_pk=pk)
    return redirect("inspection:team", pk=row.team_id)


def _removed(request: HttpRequest, service: Callable[..., Any], told: str, **given: Any) -> bool:
    try:
        service(actor=request.user, **given)
    except (DomainError, ValidationError) as error:
        messages.error(request, getattr(error, "message", "不能办理。"))
        return False
    messages.success(request, told)
    return True
