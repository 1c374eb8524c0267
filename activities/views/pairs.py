"""The committee's register, its pairs with deputies, and a member's own tasks (M08, M70)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from activities.forms.pairs import EndPairForm, MemberContactForm, PairForm
from activities.forms.voters import CoverageFilter
from activities.models import ContactRule, MemberContact
from activities.selectors.pairs import (
    committee_regions,
    groups_of_place,
    member_lines,
    members_of,
    offices_of,
    opinions_for_member,
    own_contacts,
    own_pairs,
    pairs_listed,
    seats_of,
    uncovered_groups,
    unpaired_deputies,
)
from activities.services import opinions, pairs
from activities.views.voters import with_default_period
from congress_portal.core.attempts import attempt
from congress_portal.core.figures import Rate
from congress_portal.core.listing import page_of
from congress_portal.core.models import Region
from congress_portal.core.periods import year as year_period
from deputies.models import CommitteeMember, Pairing

_SHOWN = 10


def _region(request: HttpRequest) -> Region | None:
    """The congress of the address, else the county's, else whichever there is."""
    rows = committee_regions().order_by("code")
    asked = request.GET.get("region", "")
    if asked.isascii() and asked.isdigit():
        return get_object_or_404(rows, pk=int(asked[:18]))
    return rows.first()


def _is_office(request: HttpRequest, region: Region | None) -> bool:
    scope = request.user.scope
    return region is not None and scope.is_office and scope.may_write_code(region.code)


@require_safe
def committee(request: HttpRequest) -> HttpResponse:
    """Who sits on the committee, office by office; public knowledge for all who sign in."""
    region = _region(request)
    today = timezone.localdate()
    members = list(members_of(region, today)) if region else []
    offices = [
        (office, [member for member in members if member.office_id == office.pk])
        for office in (offices_of(region) if region else ())
    ]
    context = {
        "region": region,
        "regions": committee_regions().order_by("code"),
        "offices": offices,
        "members": members,
        "is_office": _is_office(request, region),
    }
    return render(request, "activities/pairs_committee.html", context)


@require_safe
def pair_board(request: HttpRequest) -> HttpResponse:
    """Member × deputies × last contact, and the groups that nobody covers."""
    if not request.user.scope.read_prefixes:
        return redirect("activities:own_pairs")
    region = _region(request)
    today = timezone.localdate()
    usual = year_period(today.year)
    form = CoverageFilter(with_default_period(request, usual.code), user=request.user)
    period = (form.cleaned_data.get("period") if form.is_valid() else None) or usual
    context: dict[str, Any] = {"form": form, "period": period, "region": region}
    if region:
        uncovered = list(uncovered_groups(region, request.user, today))
        groups = groups_of_place(region, request.user)
        unpaired = unpaired_deputies(region, request.user, today)
        context |= {
            "lines": member_lines(region, request.user, period, today),
            "uncovered": uncovered,
            "groups": Rate(groups - len(uncovered), groups),
            "unpaired": unpaired.count(),
            "rule": ContactRule.objects.all().of(region),
            "is_office": _is_office(request, region),
        }
    return render(request, "activities/pairs_board.html", context)


@require_http_methods(["GET", "POST"])
def make_pairs(request: HttpRequest) -> HttpResponse:
    """Staff give a member deputies; one too many is told and asks for a reason."""
    if not CommitteeMember.objects.all().may_add(request.user):
        raise PermissionDenied
    today = timezone.localdate()
    members = CommitteeMember.objects.editable_by(request.user).on(today)
    members = members.select_related("deputy", "region").order_by("serial", "pk")
    form = PairForm(request.POST or None, members=members, user=request.user)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, **form.cleaned_data}
        if rows := attempt(form, pairs.pair_with_each, **given):
            names = "、".join(str(row.deputy) for row in rows)
            both = [rows[0].member.deputy, *(row.deputy for row in rows)]
            told = f"已安排{both[0]}联系{names}，双方都收到通知。"
            if without := [str(each) for each in both if each.user_id is None]:
                told = f"已安排{both[0]}联系{names}。没有账号、请打电话告知：{'、'.join(without)}。"
            messages.success(request, told)
            return redirect("activities:pair_board")
    return render(request, "activities/pairs_new.html", {"form": form})


@require_http_methods(["GET", "POST"])
def end_pair(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Pairing.objects.visible_to(request.user).select_related("member__deputy", "deputy")
    row = get_object_or_404(rows, pk=pk)
    if not Pairing.objects.editable_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    form = EndPairForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "pairing_pk": pk, **form.cleaned_data}
        if attempt(form, pairs.end_pair, **given):
            messages.success(request, "已结束这一对，以前的联系记录都留着。")
            return redirect("activities:pair_board")
    return render(request, "activities/pairs_end.html", {"form": form, "row": row})


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """A member's own tasks and nobody else's; a deputy sees who is in touch with him or her."""
    today = timezone.localdate()
    seats = list(seats_of(request.user, today))
    year = year_period(today.year)
    with_me = Pairing.objects.on(today).filter(deputy__user=request.user.pk)
    with_me = with_me.select_related("member__deputy", "member__office").order_by("pk")
    if not seats and not with_me:
        return render(request, "activities/pairs_none.html")
    context = {
        "seats": seats,
        "pairs": own_pairs(request.user, year, today),
        "contacts": own_contacts(request.user, today)[:_SHOWN],
        "opinions": opinions_for_member(request.user, today),
        "with_me": with_me,
        "year": today.year,
        "rule": ContactRule.objects.all().of(seats[0].region) if seats else None,
    }
    return render(request, "activities/pairs_own.html", context)


@require_http_methods(["GET", "POST"])
def log_contact(request: HttpRequest) -> HttpResponse:
    """A member, or staff on behalf (``?pair=``), notes a contact and what was said."""
    rows, is_own = _loggable(request)
    if not rows.exists():
        raise PermissionDenied
    form = MemberContactForm(request.POST or None, pairs=rows)
    asked = request.GET.get("pair", "")
    if asked.isascii() and asked.isdigit():
        form.initial["pairing"] = int(asked[:18])
    if request.method == "POST" and form.is_valid() and (row := _logged(request, form)):
        waits = "常委会办公室核实之后计入。" if is_own else "已视为核实。"
        messages.success(request, f"已记下与{row.pairing.deputy}代表的联系，{waits}")
        return redirect("activities:own_pairs" if is_own else "activities:pair_board")
    return render(request, "activities/pairs_log.html", {"form": form, "is_own": is_own})


def _loggable(request: HttpRequest) -> tuple[Any, bool]:
    """The member's own pairs; staff those of the pair named in the address."""
    today = timezone.localdate()
    mine = own_pairs(request.user, year_period(today.year), today)
    asked = request.GET.get("pair", "")
    if mine.exists() and not (asked and not mine.filter(pk=_number(asked)).exists()):
        return mine, True
    rows = Pairing.objects.editable_by(request.user).filter(pk=_number(asked))
    return pairs_listed(rows, year_period(today.year)), False


def _number(text: str) -> int:
    return int(text[:18]) if text.isascii() and text.isdigit() else 0


def _logged(request: HttpRequest, form: MemberContactForm) -> MemberContact | None:
    """The contact, with the opinion that came up in it."""
    given = {"actor": request.user, **form.cleaned_data}
    return attempt(form, opinions.log_contact_with_opinion, **given)  # type: ignore[no-any-return]


@require_safe
def pair(request: HttpRequest, pk: int) -> HttpResponse:
    """One pair with its whole log."""
    rows = Pairing.objects.visible_to(request.user).select_related(
        "member__deputy", "member__office", "deputy__town"
    )
    row = get_object_or_404(rows, pk=pk)
    contacts = MemberContact.objects.visible_to(request.user).filter(pairing=row)
    contacts = contacts.select_related("channel", "entered_by").prefetch_related("opinions")
    context = {
        "row": row,
        "page": page_of(request, contacts.order_by("-held_on", "-pk")),
        "may_log": pairs.may_log(request.user, row) and row.ends_on is None,
        "may_end": row.ends_on is None
        and Pairing.objects.editable_by(request.user).filter(pk=pk).exists(),
        "may_verify": request.user.is_staff
        and MemberContact.objects.editable_by(request.user).filter(pairing=row).exists(),
    }
    return render(request, "activities/pairs_pair.html", context)
