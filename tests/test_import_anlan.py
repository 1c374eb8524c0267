"""The sample county comes in whole, exactly, and only once (DESIGN §3)."""

import datetime as dt
import json

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count

from activities.models import Activity, Attendance, DutyReport, NewsItem, Visit
from congress_portal.core.enums import Level, Verification
from congress_portal.core.importing.engine import apply, preview
from congress_portal.core.importing.reader import SourceFile
from congress_portal.core.importing.registry import kinds
from congress_portal.core.models import AuditEntry, ImportRun, ImportSheet, Region, Unit
from congress_portal.evaluations.models import Indicator, Scheme
from deputies.models import Deputy, Group, GroupMembership, Mandate, Term
from stations.models import InspectionMark, Posting, Reception, Station, StationCheck
from suggestions.models import Handling, Reply, Suggestion, Voice
from tests.factories.sheets import CHECK, SAMPLE, from_paths, import_sample, workbook

EXPECTED = json.loads((CHECK / "expected.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def first_run(django_db_setup, django_db_blocker):
    """The sample, imported once for this module and undone at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield import_sample()
        transaction.set_rollback(True)


@pytest.fixture
def sample(first_run, db):
    return first_run


def test_nothing_is_refused(sample):
    assert (sample.refused_rows, sample.errors, sample.exit_code) == (0, [], 0)


def test_every_sheet_is_recognised(sample):
    found = {sheet.name: sheet.kind for file in sample.files for sheet in file.sheets}
    assert found == {
        "建议目录": "建议目录",
        "2026年代表活动登记": "活动登记",
        "考评办法": "考评办法",
        "现场考评打分": "现场考评打分",
        "接待登记": "接待登记",
        "联系走访": "联系走访",
        "述职评议": "述职评议",
        "信息报送": "信息报送",
        "字典": None,
        "家站台账": "家站台账",
        "代表小组": "代表小组",
        "县代表": "县代表花名册",
        "承办单位": "承办单位",
        "行政区划": "行政区划",
        **dict.fromkeys(["云溪镇", "石门镇", "白沙镇", "官渡镇", "双河镇", "茶岭镇"], "镇代表名册"),
    }


def test_counts_equal_the_answer_key(sample):
    of_level = Mandate.objects.values_list("level").annotate(n=Count("pk"))
    levels = dict(of_level.order_by())
    counts = {
        "regions": Region.objects.count(),
        "towns": Region.objects.towns().count(),
        "villages": Region.objects.villages().count(),
        "deputies": Deputy.objects.count(),
        "county_deputies": levels[Level.COUNTY],
        "town_mandates": levels[Level.TOWN],
        "city_mandates": levels[Level.CITY],
        "province_mandates": levels[Level.PROVINCE],
        "stations": Station.objects.count(),
        "groups": Group.objects.count(),
        "activities": Activity.objects.count(),
        "attendances": Attendance.objects.count(),
        "reception_rows": Voice.objects.count(),
        "receptions": Reception.objects.count(),
        "visits": Visit.objects.count(),
        "suggestions": Suggestion.objects.count(),
        "duty_reports": DutyReport.objects.count(),
        "news": NewsItem.objects.count(),
        "departments": Unit.objects.count(),
    }
    assert counts == EXPECTED["counts"]


def test_stations_are_of_the_expected_types(sample):
    found = Station.objects.values_list("type__name").annotate(n=Count("pk")).order_by()
    assert dict(found) == EXPECTED["stations_by_kind"]


def test_composition_of_the_county_congress(sample):
    deputies = Deputy.objects.filter(mandates__level=Level.COUNTY)
    sectors = dict(deputies.values_list("sector").annotate(n=Count("pk")).order_by())
    assert sectors == EXPECTED["composition"]["by_sector"]
    assert deputies.filter(sex="female").count() == EXPECTED["composition"]["women"]
    assert deputies.filter(party="中共党员").count() == EXPECTED["composition"]["party_members"]
    minority = deputies.exclude(ethnicity__in=["汉", "汉族"])
    assert minority.count() == EXPECTED["composition"]["minority"]


def test_a_second_import_changes_nothing(sample):
    before = {model: model.objects.count() for model in (Voice, Visit, Activity, Deputy, Mandate)}
    again = import_sample()
    changed = [
        s.name for f in again.files for s in f.sheets for r in s.rows if r.fate.value != "未变"
    ]
    assert changed == []
    assert before == {model: model.objects.count() for model in before}


def test_a_preview_tells_all_rows_and_saves_nothing(sample):
    report = preview(from_paths(SAMPLE / "承办单位.csv"))
    assert [row.fate.value for row in report.files[0].sheets[0].rows] == ["未变"] * 14
    assert report.files[0].run_id is None


def test_records_are_verified_and_kept_with_their_run(sample):
    assert set(Activity.objects.values_list("verification", flat=True)) == {Verification.VERIFIED}
    run = ImportRun.objects.get(file_name="承办单位.csv")
    source = SourceFile.from_path(SAMPLE / "承办单位.csv")
    assert (run.state, run.sha256, run.size) == ("saved", source.sha256, len(source.data))
    sheet = ImportSheet.objects.get(run=run)
    assert (sheet.kind, sheet.rows, sheet.created, sheet.refused) == ("承办单位", 14, 14, [])


def test_every_sheet_leaves_an_audit_entry_with_what_it_made(sample):
    entry = AuditEntry.objects.get(label="承办单位.csv 承办单位（承办单位）")
    made = set(Unit.objects.values_list("pk", flat=True))
    assert (entry.action, set(entry.changes["created"])) == ("import", made)


def test_the_person_in_two_rosters_is_one_deputy(sample):
    both = Deputy.objects.filter(mandates__level=Level.COUNTY).filter(mandates__level=Level.TOWN)
    assert both.distinct().count() == 12
    names = [
        note
        for f in sample.files
        for s in f.sheets
        for note in s.notes
        if "以县代表花名册为准" in note
    ]
    assert names == []


def test_the_term_comes_from_the_title(sample):
    term = Term.objects.get(level=Level.COUNTY)
    assert (term.name, term.begins_on, term.ends_on, term.dates_assumed) == (
        "第十八届", dt.date(2022, 1, 1), dt.date(2026, 12, 31), True,
    )  # fmt: skip


def test_by_election_and_re_election_come_from_the_notes(sample):
    county = Mandate.objects.filter(level=Level.COUNTY)
    assert county.filter(begin_kind="by_election").count() == 7
    assert county.filter(is_reelected=True).count() == 75


def test_names_are_kept_without_blanks_and_numbers_encrypted(sample):
    deputy = Deputy.objects.get(name="朱海", town__name="云溪镇")
    assert (deputy.phone, deputy.identity_number) == ("13133800696", "421299198611120115")
    assert (deputy.pinyin, deputy.birth_month) == ("zhuhai", dt.date(1986, 11, 1))


def test_station_row_gives_postings_items_and_books(sample):
    station = Station.objects.get(number="JZ003")
    assert (station.area, station.books_required, station.books_kept) == (120, 8, 8)
    assert Posting.objects.filter(station=station).count() == 15
    assert StationCheck.objects.filter(station=station, state="yes").count() == 8
    assert station.officers.get().phone == "07295176509"


def test_group_members_keep_their_order_and_roles(sample):
    members = GroupMembership.objects.filter(group__name="云溪镇县代表小组").order_by("serial")
    assert [(m.deputy.name, m.role) for m in members[:4]] == [
        ("朱海", "leader"), ("邹颖", "deputy_leader"), ("孔建", "liaison"), ("曹海", "member"),
    ]  # fmt: skip
    assert len(members) == 30


def test_suggestion_has_units_reply_and_source(sample):
    suggestion = Suggestion.objects.get(year=2026, number="004")
    handlings = Handling.objects.filter(suggestion=suggestion).order_by("serial")
    assert [(h.unit.name, h.share) for h in handlings] == [
        ("县教育局", "lead"), ("县民政局", "assist"), ("县自然资源和规划局", "assist"),
    ]  # fmt: skip
    reply = Reply.objects.get(handling__suggestion=suggestion)
    assert (reply.replied_on, reply.reply_class.code, reply.rating) == (
        dt.date(2026, 3, 13), "B", "basically",
    )  # fmt: skip
    assert Voice.objects.filter(suggestion__isnull=False).count() == 30
    voice = Voice.objects.get(suggestion__number="094")
    assert (voice.visitor_name, voice.station.number) == ("马玲", "JZ006")


def test_schemes_and_marks_are_there(sample):
    assert {s.name: (s.subject_type, s.ranks) for s in Scheme.objects.all()} == {
        "家站季度考评": ("station", True),
        "代表履职情况": ("deputy", False),
        "承办单位办理": ("unit", True),
    }
    assert (Indicator.objects.count(), InspectionMark.objects.count()) == (20, 324)


@pytest.mark.parametrize("kind", list(kinds()))
def test_export_imported_again_changes_nothing(sample, kind):
    resource = kinds()[kind]()
    exported = resource.export(resource.model.objects.all())
    source = workbook(f"{kind}.xlsx", {kind: [exported.headers, *map(list, exported)]})
    (file,) = preview([source]).files
    (sheet,) = file.sheets
    assert (sheet.kind, len(sheet.rows)) == (kind, len(exported))
    assert [(r.number, r.fate, r.changes) for r in sheet.rows if r.fate.value != "未变"] == []


EXPORT_HEADERS = {
    "承办单位": "单位全称 简称 类别 联系人 联系电话",
    "行政区划": "区划代码 名称 级别 户籍人口 常住人口",
    "联系走访": "日期 代表姓名 镇（街道） 村（社区） 联系方式 人次 反映情况",
    "代表小组": "小组名称 类别 组长 副组长 联络员 成员",
    "信息报送": "日期 报送单位 标题 刊用级别",
}


@pytest.mark.parametrize(("kind", "headers"), EXPORT_HEADERS.items())
def test_export_has_the_columns_of_the_office(sample, kind, headers):
    resource = kinds()[kind]()
    assert resource.export(resource.model.objects.all()).headers == headers.split()


def test_an_edit_in_the_portal_is_not_undone_or_doubled(sample):
    """Neither the old file nor an export of today makes a second record."""
    visit = Visit.objects.order_by("pk").first()
    visit.people += 1
    visit.save()
    count = Visit.objects.count()
    resource = kinds()["联系走访"]()
    exported = resource.export(Visit.objects.all())
    apply(from_paths(SAMPLE / "2026年接待走访述职信息.xlsx"))
    apply([workbook("走访.xlsx", {"联系走访": [exported.headers, *map(list, exported)]})])
    kept = Visit.objects.get(pk=visit.pk)
    assert (Visit.objects.count(), kept.people) == (count, visit.people)


def test_a_record_made_in_the_portal_is_found_again_by_its_export(sample):
    first = Visit.objects.order_by("pk").first()
    first.pk, first.row_key, first.matter = None, None, "在平台上登记的一次走访"
    first.save(force_insert=True)
    count = Visit.objects.count()
    resource = kinds()["联系走访"]()
    exported = resource.export(Visit.objects.all())
    source = workbook("走访.xlsx", {"联系走访": [exported.headers, *map(list, exported)]})
    (sheet,) = apply([source]).files[0].sheets
    assert {row.fate.value for row in sheet.rows} == {"未变"}
    assert Visit.objects.count() == count


def test_command_writes_the_report_as_the_contract_says(sample, tmp_path):
    target = tmp_path / "out.json"
    call_command("import_records", str(SAMPLE / "承办单位.csv"), json=target, verbosity=0)
    assert json.loads(target.read_text(encoding="utf-8")) == {
        "files": [
            {
                "file": "承办单位.csv",
                "sheets": [
                    {
                        "sheet": "承办单位", "kind": "承办单位", "rows": 14, "created": 0,
                        "updated": 0, "unchanged": 14, "refused": [],
                    }
                ],
            }
        ]
    }  # fmt: skip
