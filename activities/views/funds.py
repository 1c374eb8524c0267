"""Funds of deputies' activities: budgets, expenses, what is left (M122)."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from activities.forms.funds import BudgetFilter, BudgetForm, ExpenseFilter, ExpenseForm
from activities.models.support import Budget, Expense
from activities.reports.towns import ledger_paper
from activities.selectors import funds as selectors
from activities.services import funds as services
from activities.views import town_pages as pages
from congress_portal.core.documents.files import send_paper
from congress_portal.core.listing import page_of


@require_safe
def budget_list(request: HttpRequest) -> HttpResponse:
    pages.readers_only(request)
    rows = selectors.budgets_counted(Budget.objects.visible_to(request.user))
    form = BudgetFilter(request.GET, user=request.user)
    page = page_of(request, form.apply(rows))
    context = {
        "form": form,
        "page": page,
        "lines": [(budget, selectors.balance_of(budget)) for budget in page.object_list],
        "may_add": bool(request.user.scope.write_prefixes),
    }
    return render(request, "activities/town_budgets.html", context)


def _budget(request: HttpRequest, pk: int, *, to_write: bool = False) -> Budget:
    return pages.row_of(request, Budget, pk, "region", "station", "group", to_write=to_write)


@require_safe
def budget(request: HttpRequest, pk: int) -> HttpResponse:
    found = _budget(request, pk)
    context = {
        "budget": found,
        "balance": selectors.balance_of(
            selectors.budgets_counted(Budget.objects.filter(pk=pk)).get()
        ),
        "kinds": selectors.by_kind(found),
        "page": page_of(request, selectors.expenses_in_full(Expense.objects.filter(budget=found))),
        "may_write": pages.may_write(request, found),
    }
    return render(request, "activities/town_budget.html", context)


@require_safe
def ledger(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The budget's expenses for the file, with the balance after each."""
    found = _budget(request, pk)
    rows = list(
        selectors.expenses_in_full(Expense.objects.filter(budget=found)).order_by("spent_on", "pk")
    )
    return send_paper(ledger_paper(found, rows), kind, found, extra=str(found.year))


@require_http_methods(["GET", "POST"])
def write_budget(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    pages.clerks_only(request)
    row = _budget(request, pk, to_write=True) if pk else None
    form = BudgetForm(request.POST or None, user=request.user, row=row)
    page = pages.Writing(
        "修改经费" if row else "登记经费",
        ("代表活动经费", reverse("activities:budgets")),
        "经费已保存，可以接着登记支出。",
        hint="代表法第四十二条：代表的活动经费应当列入本级财政预算予以保障，专款专用。",
    )
    return pages.write_page(
        request, form, services.save_budget, page, lambda saved: _address(saved.pk), row=row
    )


def _address(pk: int) -> str:
    return reverse("activities:budget", args=[pk])


@require_http_methods(["GET", "POST"])
def add_expense(request: HttpRequest, pk: int) -> HttpResponse:
    found = _budget(request, pk, to_write=True)
    form = ExpenseForm(request.POST or None, request.FILES or None, user=request.user, budget=found)
    page = pages.Writing(
        "登记支出", (str(found), _address(pk)), "支出已登记，结余已更新。",
        hint="超过预算的支出照实登记，页面会标出超支。",
    )  # fmt: skip
    return pages.write_page(
        request, form, services.save_expense, page, lambda saved: _address(pk), budget_pk=pk
    )


@require_http_methods(["GET", "POST"])
def change_expense(request: HttpRequest, pk: int) -> HttpResponse:
    row = pages.row_of(request, Expense, pk, "budget__region", to_write=True)
    form = ExpenseForm(
        request.POST or None, request.FILES or None, user=request.user, row=row, budget=row.budget
    )
    home = _address(row.budget_id)
    page = pages.Writing("修改支出", (str(row.budget), home), "支出已修改，结余已更新。")
    return pages.write_page(
        request, form, services.save_expense, page, lambda saved: home,
        row=row, budget_pk=row.budget_id,
    )  # fmt: skip


@require_safe
def expense_paper(request: HttpRequest, pk: int) -> FileResponse:
    return pages.send_file(pages.row_of(request, Expense, pk).paper)


@require_safe
def expense_list(request: HttpRequest) -> HttpResponse:
    pages.readers_only(request)
    rows = selectors.expenses_in_full(Expense.objects.visible_to(request.user))
    form = ExpenseFilter(request.GET, user=request.user)
    context = {"form": form, "page": page_of(request, form.apply(rows))}
    return render(request, "activities/town_expenses.html", context)
