"""Funds, leaders' areas, meetings on experience, rules on the wall (M34, M41, M122, M136)."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pypdf import PdfReader

from activities.models.support import AreaPairing, AreaVisit, Exchange, Expense, RuleVersion
from activities.services.funds import save_expense
from activities.services.guidance import save_exchange
from activities.services.keeping import KeepingError
from activities.services.rule_documents import add_version
from congress_portal.core.enums import Role
from congress_portal.core.models import AuditEntry
from congress_portal.core.stale import StaleRecordError, fingerprint
from tests.factories import homes
from tests.factories.activities import ActivityFactory
from tests.factories.core import CountyFactory, TownFactory, UserFactory, staff, town_clerk
from tests.factories.stations import StationFactory
from tests.factories.uploads import PDF

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("october")]
DAY = dt.date(2026, 9, 3)


@pytest.fixture
def october(time_machine):
    time_machine.move_to(dt.datetime(2026, 10, 8, 10, tzinfo=dt.timezone(dt.timedelta(hours=8))))


@pytest.fixture
def town():
    return TownFactory(name="云溪镇", code="421299101000")


@pytest.fixture
def clerk(town):
    return town_clerk(town)


@pytest.fixture
def leader():
    return UserFactory(role=Role.LEADER, role__region=CountyFactory(code="421299000000"))


def to(name, *args):
    return reverse(f"activities:{name}", args=args)


def blank(client, address):
    return client.get(address).context["form"].initial["key"]


def spend(client, budget, amount, **more):
    key = blank(client, to("new_expense", budget.pk))
    data = {
        "key": key, "spent_on": "2026-09-03", "amount": amount, "purpose": "资料",
        "kind": homes.ExpenseKindFactory().pk, **more,
    }  # fmt: skip
    return [client.post(to("new_expense", budget.pk), data) for _ in range(2)]


def test_ten_thousand_less_two_expenses_is_the_balance(client, town, clerk):
    budget = homes.BudgetFactory(region=town, amount=Decimal(10000))
    client.force_login(clerk)
    for amount in ("3200.50", "1800"):
        assert [a.status_code for a in spend(client, budget, amount)] == [302, 302]

    page = client.get(to("budget", budget.pk))

    balance = page.context["balance"]
    assert (balance.spent, balance.left) == (Decimal("5000.50"), Decimal("4999.50"))
    assert Expense.objects.count() == 2  # each was sent twice
    assert "超支" not in page.text


def test_more_than_the_budget_is_entered_and_flagged(client, town, clerk):
    budget = homes.BudgetFactory(region=town, amount=Decimal(100))
    office = homes.ExpenseKindFactory(name="办公用品", is_proper=False)
    client.force_login(clerk)
    spend(client, budget, "100")
    assert "超支" not in client.get(to("budget", budget.pk)).text  # spent to the last cent
    spend(client, budget, "0.01", kind=office.pk)

    page = client.get(to("budget", budget.pk))

    assert "超支 0.01 元" in page.text
    assert "不属于代表活动经费" in page.text
    over = client.get(to("budgets"), {"state": "over"}).context["lines"]
    assert [row for row, _ in over] == [budget]
    spend(client, budget, "-0.01")  # given back
    assert client.get(to("budgets"), {"state": "over"}).context["lines"] == []


def test_an_expense_of_another_year_or_of_nothing_is_refused(client, town, clerk):
    budget = homes.BudgetFactory(region=town)
    client.force_login(clerk)

    assert "支出日期应在这一年" in spend(client, budget, "5", spent_on="2025-12-31")[0].text
    assert "金额不能为零" in spend(client, budget, "0")[0].text
    assert not Expense.objects.exists()


def test_an_expense_carries_its_paper_and_a_stale_change_is_refused(client, town, clerk):
    budget = homes.BudgetFactory(region=town)
    client.force_login(clerk)
    paper = SimpleUploadedFile("发票.pdf", PDF, "application/pdf")
    spend(client, budget, "5", paper=paper)
    expense = Expense.objects.get()
    values = {"spent_on": DAY, "amount": Decimal(6)}
    change = {"actor": clerk, "budget_pk": budget.pk, "pk": expense.pk, "values": values}

    save_expense(**change, seen=fingerprint(expense))
    with pytest.raises(StaleRecordError):
        save_expense(**change, seen=fingerprint(expense))

    assert Expense.objects.get().paper
    answer = client.get(to("expense_paper", expense.pk))
    assert b"".join(answer.streaming_content) == PDF
    client.force_login(town_clerk(TownFactory()))
    for name, pk in (
        ("expense_paper", expense.pk), ("budget", budget.pk), ("edit_expense", expense.pk),
        ("edit_budget", budget.pk), ("new_expense", budget.pk),
    ):  # fmt: skip
        assert client.get(to(name, pk)).status_code == 404
    with pytest.raises(KeepingError):
        save_expense(**{**change, "actor": town_clerk(TownFactory())}, seen="")


def test_a_budget_of_a_station_must_lie_in_the_town(client, town, clerk):
    elsewhere = StationFactory(region=town)
    own = TownFactory(code="421299102000")
    client.force_login(staff())
    data = {
        "title": "家站经费", "year": 2026, "region": own.pk, "station": elsewhere.pk,
        "amount": "100", "key": blank(client, to("new_budget")),
    }  # fmt: skip

    assert f"不在{own}" in client.post(to("new_budget"), data).text
    assert client.post(to("new_budget"), {**data, "region": town.pk}).status_code == 302
    assert client.post(to("new_budget"), {**data, "key": "", "amount": "0"}).status_code == 200


def test_the_ledger_tells_the_balance_after_each_line(client, town, clerk):
    budget = homes.BudgetFactory(region=town, amount=Decimal(1000), title="代表活动经费")
    homes.ExpenseFactory(budget=budget, amount=Decimal(300), spent_on=DAY)
    homes.ExpenseFactory(budget=budget, amount=Decimal(800), spent_on=dt.date(2026, 9, 4))
    client.force_login(clerk)

    answer = client.get(to("budget_ledger", budget.pk, "pdf"))

    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert "700.00" in text
    assert "超支 100.00 元" in text.replace("\n", "").replace("\xa0", " ") or "超支100.00" in text
    assert AuditEntry.objects.filter(action="export").count() == 1


def test_a_leaders_page_lists_own_towns_and_flags_the_unvisited(client, town, leader):
    other = TownFactory(name="石门镇", code="421299102000")
    mine = homes.AreaPairingFactory(region=town, user=leader)
    seen = homes.AreaPairingFactory(region=other, user=leader)
    homes.AreaPairingFactory(region=TownFactory(), user=UserFactory())
    homes.AreaVisitFactory(pairing=mine, held_on=dt.date(2025, 12, 31))  # last year
    homes.AreaVisitFactory(pairing=seen)
    client.force_login(leader)

    own = client.get(to("my_areas")).context["own"]

    assert [line.pairing for line in own.lines] == [mine, seen]
    assert [line.pairing for line in own.unvisited] == [mine]
    assert [line.lacking for line in own.lines] == [2, 1]
    assert "今年还没有去过：云溪镇" in client.get(reverse("desk:home")).text
    listed = client.get(to("areas"), {"state": "unvisited"}).context["lines"]
    assert mine in [line.pairing for line in listed]
    assert seen not in [line.pairing for line in listed]


def test_the_leader_and_the_town_log_a_visit_once(client, town, clerk, leader):
    area = homes.AreaPairingFactory(region=town, user=leader)
    for user, day in ((leader, "2026-09-03"), (clerk, "2026-09-04")):
        client.force_login(user)
        data = {
            "key": blank(client, to("new_area_visit", area.pk)), "held_on": day,
            "content": "看家站", "problems": "没有经费", "help_given": "协调解决",
        }  # fmt: skip
        for _ in range(2):
            assert client.post(to("new_area_visit", area.pk), data).status_code == 302
    again = data | {"key": blank(client, to("new_area_visit", area.pk)), "held_on": "2026-09-03"}
    told = client.post(to("new_area_visit", area.pk), again).text

    assert f"这一天已由{leader}登记过一次，请在那条记录里补充" in told, "one visit counts once"
    assert AreaVisit.objects.count() == 2
    assert "没有经费" in client.get(to("area", area.pk)).text
    early = client.post(
        to("new_area_visit", area.pk), {"held_on": "2025-12-31", "content": "看家站"}
    )
    assert "不在联系的起止日期里" in early.text
    client.force_login(town_clerk(TownFactory()))
    assert client.get(to("area", area.pk)).status_code == 404
    assert client.post(to("new_area_visit", area.pk), data).status_code == 404


def test_a_target_of_visits_is_one_that_can_be_kept(client):
    client.force_login(staff())
    address = to("new_area")
    page = client.post(address, {"visits_a_year": "99999", "key": blank(client, address)})

    assert "每年最多 52 次，请核对。" in page.text


def test_only_the_office_gives_out_areas(client, town, clerk, leader):
    area = homes.AreaPairingFactory(region=town)
    data = {
        "leader": "李副主任", "region": town.pk, "visits_a_year": 2, "begins_on": "2026-01-01",
    }  # fmt: skip
    for user in (clerk, leader):
        client.force_login(user)
        assert client.post(to("new_area"), data).status_code == 403
        assert client.post(to("edit_area", area.pk), data).status_code == 403
    client.force_login(staff())
    data["key"] = blank(client, to("new_area"))
    for _ in range(2):
        assert client.post(to("new_area"), data).status_code == 302
    assert AreaPairing.objects.count() == 2
    assert "已登记联系" in client.post(to("new_area"), {**data, "key": ""}).text


def test_towns_that_nobody_guides_are_named(client, town):
    homes.AreaPairingFactory(region=town)
    homes.AreaPairingFactory(
        region=TownFactory(name="石门镇", code="421299102000"), ends_on=dt.date(2026, 5, 1)
    )
    client.force_login(staff())

    assert [each.name for each in client.get(to("areas")).context["unguided"]] == ["石门镇"]


def test_an_activity_becomes_a_meeting_with_three_materials(client, town, clerk):
    activity = ActivityFactory(region=town, title="经验交流会")
    host = StationFactory(region=town)
    materials = homes.MaterialFactory.create_batch(3, station=host)
    client.force_login(clerk)
    data = {"host": host.pk, "materials": [row.pk for row in materials], "lessons": "学接待"}
    address = to("write_experience", activity.pk)

    for _ in range(2):
        assert client.post(address, data).status_code == 302
    stale = client.post(address, {**data, "lessons": "改了", "seen": "0"})

    assert Exchange.objects.get().materials.count() == 3
    assert "刚被别人改过" in stale.text
    assert len(client.get(to("experience", Exchange.objects.get().pk)).context["materials"]) == 3
    client.force_login(town_clerk(TownFactory()))
    assert client.get(to("experience", Exchange.objects.get().pk)).status_code == 404
    assert client.post(address, data).status_code == 404


def test_another_towns_activity_is_no_meeting_of_mine(town):
    activity = ActivityFactory(region=town)
    values = {"host": None, "visitors": [], "materials": [], "lessons": ""}

    with pytest.raises(KeepingError):
        save_exchange(
            actor=town_clerk(TownFactory()), activity_pk=activity.pk, values=values, seen=""
        )
    assert not Exchange.objects.exists()


def test_a_new_version_keeps_the_old_one_and_comes_into_force_on_its_day(client, town, clerk):
    rule = homes.RuleDocumentFactory(region=town, title="接待日制度")
    client.force_login(clerk)
    for number, day in enumerate(("2026-01-01", "2026-12-01"), start=1):
        data = {
            "key": blank(client, to("new_rule_version", rule.pk)), "issuer": "镇人大",
            "effective_on": day, "text": f"第{number}次的正文",
        }  # fmt: skip
        for _ in range(2):
            assert client.post(to("new_rule_version", rule.pk), data).status_code == 302

    page = client.get(to("rule_document", rule.pk))

    assert list(RuleVersion.objects.values_list("version", flat=True)) == [2, 1]
    assert page.context["line"].version.version == 1
    assert page.context["line"].coming.version == 2
    assert "第1次的正文" in page.text
    back = {"actor": clerk, "document_pk": rule.pk}
    with pytest.raises(KeepingError, match="要晚于这一天"):
        add_version(**back, values={"effective_on": dt.date(2026, 11, 30)})


def test_a_rule_is_downloaded_and_printed_for_the_wall(client, town):
    version = homes.RuleVersionFactory(
        document__region=town, document__title="接待日制度", text="一、每月接待。\n二、逐件登记。",
        file=SimpleUploadedFile("制度.pdf", PDF),
    )  # fmt: skip
    client.force_login(UserFactory(role=Role.DEPUTY))  # everybody signed in reads rules

    assert b"".join(client.get(to("rule_file", version.pk)).streaming_content) == PDF
    for size, width in (("a4", 595), ("a3", 842)):
        answer = client.get(to("rule_wall", version.pk, size))
        [page] = PdfReader(io.BytesIO(answer.content)).pages
        assert round(page.mediabox.width) == width
        assert "每月接待" in page.extract_text()
    assert client.get(to("rule_wall", version.pk, "a5")).status_code == 404
    assert client.post(to("new_rule_version", version.document_id), {}).status_code == 403
    assert client.get(to("new_rule_document")).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("name", "queries"),
    [("budgets", 7), ("expenses", 8), ("areas", 9), ("experiences", 7), ("rule_documents", 8)],
)
def test_lists_ask_a_fixed_number_of_questions(
    client, count, name, queries, django_assert_num_queries
):
    towns = [TownFactory(code=f"42129910{n}000") for n in range(3)]
    for town in towns[:count]:
        homes.ExpenseFactory(budget__region=town)
        homes.AreaVisitFactory(pairing__region=town)
        exchange = homes.ExchangeFactory(activity__region=town)
        exchange.materials.set([homes.MaterialFactory()])
        homes.RuleVersionFactory(document__region=town)
    client.force_login(staff())

    with django_assert_num_queries(queries):
        client.get(to(name))
