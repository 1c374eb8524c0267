"""No way of writing changes a byte of what was disclosed or published."""

import datetime as dt
import io
import json
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, models, transaction
from django.urls import reverse

from congress_portal.core.errors import DomainError
from congress_portal.core.periods import quarter
from congress_portal.evaluations import guards
from congress_portal.evaluations.frozen import digest_of, is_intact, stored_rows
from congress_portal.evaluations.models import Score, ScoreLine, ScoreSheet, SheetProof
from congress_portal.evaluations.services import compute_sheet, new_version, publish_sheet
from congress_portal.evaluations.services.proofs import prove_published
from tests.factories.core import staff
from tests.factories.evaluations import IndicatorFactory, SchemeFactory
from tests.factories.stations import ReceptionFactory, StationFactory

pytestmark = pytest.mark.django_db
Q3 = quarter(2026, 3)


@pytest.fixture
def published():
    scheme = SchemeFactory(name="家站考评", ranks=True)
    IndicatorFactory(scheme=scheme, name="接待")
    ReceptionFactory(station=StationFactory(), held_on=dt.date(2026, 7, 1))
    return publish_sheet(sheet=compute_sheet(scheme=scheme, period=Q3, actor=None), actor=None)


def sql(statement):
    def run():
        with connection.cursor() as cursor:
            cursor.execute(statement)

    return run


def plain(model):
    """The bare queryset of Django, without the portal's own refusals."""
    return models.QuerySet(model)


PATHS = {
    "save of a sheet": lambda: ScoreSheet.objects.get().save(),
    "save of a score": lambda: Score.objects.get().save(),
    "save of a line": lambda: ScoreLine.objects.get().save(),
    "delete of a sheet": lambda: ScoreSheet.objects.get().delete(),
    "delete of a score": lambda: Score.objects.get().delete(),
    "bulk update": lambda: Score.objects.update(total=Decimal("100")),
    "bulk_update": lambda: Score.objects.bulk_update([Score.objects.get()], ["total"]),
    "bulk delete": lambda: ScoreLine.objects.all().delete(),
    "bulk create": lambda: Score.objects.bulk_create([_copy()]),
    "bare bulk update of a sheet": lambda: plain(ScoreSheet).update(digest=""),
    "bare bulk update": lambda: plain(Score).update(total=Decimal("100")),
    "bare bulk update of lines": lambda: plain(ScoreLine).update(points=Decimal("9")),
    "bare bulk create": lambda: plain(Score).bulk_create([_copy()]),
    "raw update of a sheet": sql("UPDATE evaluations_scoresheet SET state = 'draft'"),
    "raw update of a score": sql("UPDATE evaluations_score SET total = 100"),
    "raw update of a line": sql("UPDATE evaluations_scoreline SET points = 100"),
    "raw delete of lines": sql("DELETE FROM evaluations_scoreline"),
    "raw delete of scores": sql("DELETE FROM evaluations_score"),
    "raw delete of sheets": sql("DELETE FROM evaluations_scoresheet"),
    "computing again": lambda: compute_sheet(
        scheme=ScoreSheet.objects.get().scheme, period=Q3, actor=None
    ),
    "publishing again": lambda: publish_sheet(sheet=ScoreSheet.objects.get(), actor=None),
}


def _copy():
    score = Score.objects.get()
    score.pk, score.key, score.serial = None, "另一个", 9
    return score


@pytest.mark.parametrize("path", PATHS)
def test_no_write_path_changes_a_byte(published, path):
    before = (published.digest, stored_rows(published))

    with pytest.raises((DomainError, IntegrityError)), transaction.atomic():
        PATHS[path]()

    stored = ScoreSheet.objects.get()
    assert (digest_of(stored, stored_rows(stored)), stored_rows(stored)) == before
    assert is_intact(stored)


def test_a_disclosed_sheet_keeps_its_figures_but_goes_on(published):
    with guards.lifted():
        plain(ScoreSheet).update(
            state="disclosed", published_at=None, published_by=None,
            disclosed_at=dt.datetime(2026, 10, 9, tzinfo=dt.UTC),
            objections_until=dt.date(2026, 10, 15),
        )  # fmt: skip

    for values in ({"digest": "0"}, {"state": "draft"}, {"version": 2}, {"scheme_data": {}}):
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            plain(ScoreSheet).update(**values)
        assert guards.message_of(refusal.value) == guards.MESSAGES["sheet_frozen"]
    with pytest.raises(IntegrityError), transaction.atomic():
        plain(Score).update(total=Decimal("1"))
    assert plain(ScoreSheet).update(state="decided") == 1


@pytest.mark.parametrize("name", ["change", "delete"])
def test_the_admin_offers_no_way_to_write(published, client, name):
    client.force_login(staff())

    for model, row in (("scoresheet", published), ("score", Score.objects.get())):
        address = reverse(f"admin:evaluations_{model}_{name}", args=[row.pk])
        assert client.post(address, {"digest": "0", "total": "100"}).status_code in (302, 403)

    assert is_intact(ScoreSheet.objects.get())


def test_import_of_the_scheme_leaves_the_published_copy(published):
    indicator = published.scheme.indicators.get()
    indicator.full = Decimal("90")
    indicator.save()

    assert is_intact(ScoreSheet.objects.get())
    assert ScoreSheet.objects.get().scheme_data["indicators"][0]["full"] == "10.00"


def test_proof_says_unchanged_and_flags_later_records(published, tmp_path):
    ReceptionFactory(station=Score.objects.get().station, held_on=dt.date(2026, 7, 2))
    file, out = tmp_path / "proof.json", io.StringIO()

    call_command("verify_periods", json=str(file), stdout=out)

    assert "重算一致" in out.getvalue()
    assert "有变化，可出新版" in out.getvalue()
    told = json.loads(file.read_text(encoding="utf-8"))["sheets"]
    assert [(each["intact"], each["records_changed"]) for each in told] == [(True, True)]
    assert SheetProof.objects.get().has_changed


def test_proof_compares_only_the_newest_version_with_the_records(published):
    ReceptionFactory(station=Score.objects.get().station, held_on=dt.date(2026, 7, 2))
    second = new_version(sheet=published, reason="补记", actor=None)
    publish_sheet(sheet=second, actor=None)

    found = [(proof.sheet.version, proof.has_changed) for proof in prove_published()]

    assert found == [(2, False), (1, False)]


def test_proof_fails_when_somebody_got_round_the_guards(published, tmp_path):
    with guards.lifted():
        plain(ScoreLine).update(points=Decimal("9.99"))
    file = tmp_path / "proof.json"

    with pytest.raises(CommandError) as failure:
        call_command("verify_periods", json=str(file), stdout=io.StringIO(), stderr=io.StringIO())

    assert failure.value.returncode == 1
    assert json.loads(file.read_text(encoding="utf-8"))["sheets"][0]["intact"] is False
