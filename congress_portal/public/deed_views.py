"""The ledger of things done for people, as far as it is published; also as CSV."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from congress_portal.core.listing import page_of
from congress_portal.core.masking import without_numbers
from congress_portal.public.api import csv_of
from congress_portal.public.caching import open_to_all, revalidated
from congress_portal.public.models import DeputyCard
from congress_portal.public.selectors import hidden_deputies, told_deeds
from suggestions.models import Deed
from suggestions.selectors.deeds import shown_by_category, shown_deeds, sums_of

_TOLD = 20  # newest deeds of deputies below the ledger
_HEAD: list[object] = [
    "办成日期", "办了什么事", "类别", "来源", "镇（街道）", "家站", "代表", "办理单位",
    "投入资金（元）", "受益人数",
]  # fmt: skip


@revalidated
def deeds(request: HttpRequest) -> HttpResponse:
    rows = shown_deeds()
    sums, hidden = sums_of(rows), hidden_deputies()
    context = {
        "page": page_of(request, rows),
        "sums": sums,
        "hidden": hidden,
        "told": told_deeds().exclude(deputy__in=hidden)[:_TOLD],
        "categories": [
            (name, count, f"{count / sums.total:.1%}") for name, count in shown_by_category()
        ],
    }
    return render(request, "public/deeds.html", context)


def _name(deed: Deed, hidden: frozenset[int]) -> str:
    return "" if deed.deputy is None or deed.deputy_id in hidden else deed.deputy.name


@open_to_all(DeputyCard, Deed)
def deeds_csv(request: HttpRequest) -> HttpResponse:
    hidden = hidden_deputies()
    lines: list[list[object]] = [
        [
            each.finished_on, without_numbers(each.title), each.category.name,
            each.get_source_display(), each.region.name,
            each.station.name if each.station else "", _name(each, hidden),
            each.unit.name if each.unit else "", "" if each.amount is None else each.amount,
            "" if each.beneficiaries is None else each.beneficiaries,
        ]
        for each in shown_deeds()
    ]  # fmt: skip
    return csv_of(_HEAD, lines)
