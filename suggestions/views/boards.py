"""Boards: how units handle, what is overdue, key suggestions, promises, calls, honours."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from activities.models import Activity
from congress_portal.core.enums import RegionLevel, Role
from congress_portal.core.listing import page_of
from congress_portal.core.models import Region, Unit
from deputies.models import Group, GroupMembership
from suggestions.enums import Share, TopicState
from suggestions.models import HandlingRule, Nomination, Promise, Suggestion, TopicProposal, Voice
from suggestions.selectors import (
    adopted_topics,
    ageing_table,
    cases_of,
    due_parts,
    government_inbox,
    group_suggestions,
    key_suggestions,
    league_table,
    overdue_parts,
    promise_ledger,
    rates_of,
    task_lines,
    unit_buckets,
    unit_rates,
    voice_ages,
)
from suggestions.views.papers import read_regions
from suggestions.workflow import HANDLING_TABLE, SUGGESTION_TABLE

SHOWN = 50
SOON = 15  # days


def _readers_only(request: HttpRequest) -> None:
    """Figures of all units are for those who read a place; a unit has its own desk."""
    if not request.user.scope.read_prefixes:
        raise Http404("没有这个页面。")


def _year(request: HttpRequest) -> tuple[int, list[int]]:
    """The year asked for, else the newest with suggestions; and all that there are."""
    rows = Suggestion.objects.visible_to(request.user).exclude(number="")
    years = list(rows.order_by("-year").values_list("year", flat=True).distinct())
    asked = request.GET.get("year", "")
    if asked.isascii() and asked.isdigit() and int(asked[:4]) in years:
        return int(asked[:4]), years
    return (years[0] if years else timezone.localdate().year), years


def _rule(request: HttpRequest) -> HandlingRule:
    """The rule of the county (or the one town) that the reader's figures are of."""
    rows = Region.objects.in_scope_of_reader(request.user)
    own = rows.filter(level=RegionLevel.COUNTY).first() or rows.order_by("code").first()
    return HandlingRule.objects.all().of(own) if own else HandlingRule()


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    _readers_only(request)
    today = timezone.localdate()
    year, years = _year(request)
    every = Suggestion.objects.visible_to(request.user)
    rows = every.filter(year=year)
    late = overdue_parts(every, today)
    context = {
        "year": year,
        "years": years,
        "total": rates_of(cases_of(rows)),
        "units": unit_rates(rows),
        "ages": ageing_table(every, today),
        "voices": voice_ages(Voice.objects.visible_to(request.user), today),
        "late": late[:SHOWN],
        "late_count": late.count(),
        "late_leads": late.filter(share=Share.LEAD).count(),
        "soon_count": due_parts(every, today, SOON).count(),
        "soon": due_parts(every, today, SOON)[:SHOWN],
        "today": today,
        "may_report": read_regions(request).exists(),
    }
    return render(request, "suggestions/board.html", context)


@require_safe
def league(request: HttpRequest) -> HttpResponse:
    """Every line can be reproduced by hand: full mark × rate, part by part."""
    _readers_only(request)
    year, years = _year(request)
    rule = _rule(request)
    lines = league_table(
        Suggestion.objects.visible_to(request.user).filter(year=year), rule, timezone.localdate()
    )
    context = {"year": year, "years": years, "rule": rule, "lines": lines}
    return render(request, "suggestions/league.html", context)


@require_safe
def key(request: HttpRequest) -> HttpResponse:
    """Key suggestions and their leaders; a leader sees the own ones first."""
    _readers_only(request)
    year, years = _year(request)
    rows = Suggestion.objects.visible_to(request.user).filter(year=year)
    progress = key_suggestions(rows, _rule(request))
    mine = key_suggestions(rows, _rule(request), leader=request.user)
    own = mine.suggestions if request.user.has_role(Role.LEADER) else ()
    context = {"year": year, "years": years, "progress": progress, "mine": own}
    return render(request, "suggestions/key.html", context)


@require_safe
def promises(request: HttpRequest) -> HttpResponse:
    """The ledger; everyone reads the promises of the cases they take part in."""
    today = timezone.localdate()
    seen = Promise.objects.visible_to(request.user)
    rows = promise_ledger(Suggestion.objects.visible_to(request.user)).filter(pk__in=seen)
    states = {"open": rows.filter(state="open"), "late": rows.filter(pk__in=seen.overdue(today))}
    shown = states.get(request.GET.get("state", ""), rows)
    counts = {"all": rows.count(), **{name: found.count() for name, found in states.items()}}
    context: dict[str, Any] = {"page": page_of(request, shown), "counts": counts, "today": today}
    return render(request, "suggestions/promises.html", context)


@require_safe
def nominations(request: HttpRequest) -> HttpResponse:
    rows = Nomination.objects.visible_to(request.user).select_related("suggestion__lead")
    page = page_of(request, rows.order_by("-year", "state", "-votes", "pk"))
    return render(request, "suggestions/nominations.html", {"page": page})


@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """The report by central task (十大工程、八大行动, M51)."""
    _readers_only(request)
    year, years = _year(request)
    activities = Activity.objects.visible_to(request.user).verified()
    lines = task_lines(
        Suggestion.objects.visible_to(request.user).filter(year=year),
        activities.filter(held_on__year=year),
    )
    context = {"year": year, "years": years, "lines": lines}
    return render(request, "suggestions/tasks.html", context)


@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """Topics adopted for a year's supervision plan, with those merged into them (M57)."""
    rows = TopicProposal.objects.visible_to(request.user).filter(state=TopicState.ADOPTED)
    years = list(rows.order_by("-plan_year").values_list("plan_year", flat=True).distinct())
    asked = request.GET.get("year", "")
    known = asked.isascii() and asked.isdigit() and int(asked[:4]) in years
    year = int(asked[:4]) if known else (years[0] if years else timezone.localdate().year)
    context = {"year": year, "years": years, "topics": adopted_topics(year)}
    return render(request, "suggestions/plan.html", context)


@require_safe
def group(request: HttpRequest, pk: int) -> HttpResponse:
    """A specialist group's suggestions and its own checks (M131): its members, and the office."""
    found = get_object_or_404(Group.objects.visible_to(request.user), pk=pk)
    rows = group_suggestions(found).filter(pk__in=Suggestion.objects.visible_to(request.user))
    today = timezone.localdate()
    members = GroupMembership.objects.on(today).filter(group=found, deputy__user=request.user)
    if not request.user.scope.read_prefixes and not members.exists():
        raise Http404("没有这个页面。")
    context = {"group": found, "page": page_of(request, rows)}
    return render(request, "suggestions/group.html", context)


@require_safe
def workspace(request: HttpRequest) -> HttpResponse:
    """A unit's own desk, in buckets."""
    if not request.user.scope.unit_ids:
        raise Http404("没有这个页面。")
    buckets = unit_buckets(request.user, timezone.localdate())
    asked = request.GET.get("bucket", "")
    shown = [each for each in buckets if each.code == asked]
    context = {
        "buckets": buckets,
        "passed_on": government_inbox(request.user),
        "shown": shown or _waiting(buckets),
        "asked": asked,
        "own_units": Unit.objects.filter(pk__in=request.user.scope.unit_ids),
    }
    return render(request, "suggestions/workspace.html", context)


def _waiting(buckets: list[Any]) -> list[Any]:
    """Without a choice: everything that is still to be done."""
    return [each for each in buckets if each.rows and each.code not in ("done", "pressing")]


@require_safe
def workflow(request: HttpRequest) -> HttpResponse:
    """The two tables, as people read them; the buttons come from the same ones."""
    context = {
        "tables": [
            ("一件建议", [_line(action, row) for action, row in SUGGESTION_TABLE.items()]),
            ("一家单位的办理", [_line(action, row) for action, row in HANDLING_TABLE.items()]),
        ]
    }
    return render(request, "suggestions/workflow.html", context)


def _line(action: str, row: Any) -> dict[str, Any]:
    states = type(next(iter(row.sources)))
    sources = [state.label for state in states if state in row.sources]
    parties = type(next(iter(row.who)))
    who = [party.label for party in parties if party in row.who]
    return {"action": str(action), "row": row, "sources": "、".join(sources), "who": "、".join(who)}
