import datetime as dt
import io

import pytest
from pypdf import PdfReader

from activities.models import (
    ActivityForm,
    Course,
    CourseCompletion,
    Finding,
    GoodDeed,
    Honour,
    Interview,
    MemberContact,
    Question,
)
from congress_portal.core.enums import Dictionary, Role, Verification
from congress_portal.evaluations.models import Scheme, Score, ScoreSheet
from deputies.models import CommitteeMember, Pairing
from tests.factories.activities import (
    ActivityFactory,
    ActivityFormFactory,
    DutyReportFactory,
    VisitFactory,
)
from tests.factories.core import (
    CountyFactory,
    EntryFactory,
    TownFactory,
    UnitFactory,
    UserFactory,
    staff,
    town_clerk,
)
from tests.factories.deputies import DeputyFactory, GroupMembershipFactory
from tests.factories.stations import PostingFactory, ReceptionFactory
from tests.factories.suggestions import SuggestionFactory, VoiceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def deputy(freeze):
    freeze("2026-10-08 09:00")
    return DeputyFactory(name="欧阳䶮", seat=True)


def _fill(deputy):
    training = ActivityFormFactory(name="培训学习", counts_as="training")
    meeting = ActivityFormFactory(name="列席会议", counts_as="other", is_meeting=True)
    ActivityFactory(title="视察防汛", deputies=[deputy], region=deputy.town)
    ActivityFactory(title="学代表法", form=training, hours=6, deputies=[deputy], region=deputy.town)
    ActivityFactory(title="列席常委会", form=meeting, deputies=[deputy], region=deputy.town)
    ReceptionFactory(deputies=[deputy], station__region=deputy.town)
    VisitFactory(deputy=deputy, people=4)
    SuggestionFactory(lead=deputy, title="关于修桥的建议")
    DutyReportFactory(deputy=deputy)
    GroupMembershipFactory(deputy=deputy, group__name="农业小组")
    PostingFactory(deputy=deputy, station__name="云溪联络站")


def test_file_gathers_every_record_of_the_year(client, deputy):
    _fill(deputy)
    ActivityFactory(title="去年的视察", held_on=dt.date(2025, 5, 1), deputies=[deputy])
    client.force_login(staff())

    page = client.get(f"/registers/deputies/{deputy.pk}/file/").content.decode()

    for words in (
        "视察防汛", "学代表法", "列席常委会", "1 次，6 学时", "1 天，意见 0 条", "1 次，4 人次",
        "关于修桥的建议", "到会选民 60 人", "农业小组", "云溪联络站", "本年度没有记录",
    ):  # fmt: skip
        assert words in page
    assert "去年的视察" not in page


def test_file_of_another_year(client, deputy):
    ActivityFactory(title="去年的视察", held_on=dt.date(2025, 5, 1), deputies=[deputy])
    client.force_login(staff())

    page = client.get(f"/registers/deputies/{deputy.pk}/file/?year=2025").content.decode()

    assert "去年的视察" in page
    assert client.get(f"/registers/deputies/{deputy.pk}/file/?year=1999").status_code == 404
    assert client.get(f"/registers/deputies/{deputy.pk}/file/?year=今年").status_code == 404


def test_file_says_what_still_waits(client, deputy):
    ActivityFactory(title="刚记的视察", deputies=[deputy], verification=Verification.PENDING)
    client.force_login(staff())

    page = client.get(f"/registers/deputies/{deputy.pk}/file/").content.decode()

    assert "刚记的视察" in page
    assert "视察调研：0 次" in page
    assert "另有 1 条待核实" in page


def test_stranger_gets_404(client, deputy):
    other = TownFactory()
    for user in (town_clerk(other), UserFactory(role=Role.DEPUTY)):
        client.force_login(user)
        assert client.get(f"/registers/deputies/{deputy.pk}/file/").status_code == 404
        assert client.get(f"/registers/deputies/{deputy.pk}/file.pdf").status_code == 404


def test_town_clerk_sees_only_what_the_town_may_see_and_is_told(client, deputy):
    ActivityFactory(title="本镇视察", deputies=[deputy], region=deputy.town)
    ActivityFactory(title="县里视察", deputies=[deputy], region=CountyFactory())
    client.force_login(town_clerk(deputy.town))

    page = client.get(f"/registers/deputies/{deputy.pk}/file/").content.decode()

    assert "本镇视察" in page
    assert "县里视察" not in page
    assert "可能没有列全" in page


def test_deputy_sees_all_of_the_own_file(client, deputy):
    ActivityFactory(title="县里视察", deputies=[deputy], region=CountyFactory())
    deputy.user = UserFactory(role=Role.DEPUTY)
    deputy.save()
    client.force_login(deputy.user)

    page = client.get(f"/registers/deputies/{deputy.pk}/file/").content.decode()

    assert "县里视察" in page
    assert "可能没有列全" not in page


def test_report_once_a_term_shows_zero_or_one_of_one(client, deputy):
    client.force_login(staff())
    path = f"/registers/deputies/{deputy.pk}/file/"

    before = client.get(path).content.decode()
    DutyReportFactory(deputy=deputy, held_on=dt.date(2023, 5, 1))

    assert "0/1，还没有述职" in before
    assert "1/1，已述职" in client.get(path).content.decode()


def test_published_scores_stand_in_the_file_and_drafts_do_not(client, deputy):
    for state, published, total in (("published", dt.datetime.now(dt.UTC), 88), ("draft", None, 9)):
        sheet = ScoreSheet.objects.create(
            scheme=Scheme.objects.create(name=f"{state}考评", subject_type="deputy"),
            period_code="2026Q2", first_day=dt.date(2026, 4, 1), last_day=dt.date(2026, 6, 30),
            computed_at=dt.datetime.now(dt.UTC),
        )  # fmt: skip
        Score.objects.create(
            sheet=sheet, serial=1, key=str(deputy), label=str(deputy), deputy=deputy,
            region=deputy.town, total=total,
        )  # fmt: skip
        ScoreSheet.objects.filter(pk=sheet.pk).update(state=state, published_at=published)
    client.force_login(staff())

    page = client.get(f"/registers/deputies/{deputy.pk}/file/").content.decode()

    assert "published考评（2026年第二季度）" in page
    assert "88.00 分" in page
    assert "draft考评" not in page


@pytest.mark.parametrize("size", [1, 3])
def test_file_query_count(client, deputy, size, django_assert_num_queries):
    for _ in range(size):
        ActivityFactory(deputies=[deputy], region=deputy.town)
        ReceptionFactory(deputies=[deputy], station__region=deputy.town)
        VisitFactory(deputy=deputy)
        SuggestionFactory(lead=deputy)
    client.force_login(staff())

    with django_assert_num_queries(25):
        client.get(f"/registers/deputies/{deputy.pk}/file/")


def test_pdf_has_the_eight_parts_and_only_verified_records(client, deputy):
    _fill(deputy)
    ActivityFactory(title="没核实的", deputies=[deputy], verification=Verification.PENDING)
    client.force_login(staff())

    response = client.get(f"/registers/deputies/{deputy.pk}/file.pdf?year=2026")
    text = "".join(
        page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages
    ).replace("\n", "")

    assert response["Content-Type"] == "application/pdf"
    for words in (
        "欧阳䶮代表2026年履职档案", "一、基本情况", "二、会议", "三、视察调研", "四、学习培训",
        "五、小组活动", "六、建议", "七、述职与监督", "八、表彰", "本年度没有记录", "视察防汛",
    ):  # fmt: skip
        assert words in text
    assert "没核实的" not in text


def test_forms_of_meetings_are_marked_in_the_reference_rows():
    from congress_portal.core.reference import load_reference  # noqa: PLC0415 - slow to load

    load_reference()

    names = ActivityForm.objects.filter(is_meeting=True).values_list("name", flat=True)
    assert set(names) == {"列席会议", "民情反映会", "推进会", "述职评议会"}


def test_file_holds_study_voices_supervision_contacts_and_honours(client, deputy):
    deputy.user = UserFactory(role=Role.DEPUTY)
    deputy.save()
    entry = EntryFactory(dictionary=Dictionary.COURSE_CATEGORY, name="法律")
    course = Course.objects.create(title="代表法三讲", region=deputy.town, category=entry)
    CourseCompletion.objects.create(
        course=course, deputy=deputy, completed_on=dt.date(2026, 5, 4), hours=2
    )
    VoiceFactory(deputy=deputy, has_consent=True, matter="村口路灯坏了", visitor_name="王建国")
    asked = ActivityFactory(title="专题询问", deputies=[deputy], region=deputy.town)
    Question.objects.create(activity=asked, asker=deputy, text="水费为何上涨")
    Finding.objects.create(activity=asked, raised_by=deputy, text="泵房年久失修")
    Interview.objects.create(
        deputy=deputy, region=deputy.town, unit=UnitFactory(name="县水利局"), subject="灌溉用水",
        questions="何时修好", asked_on=dt.date(2026, 6, 1),
    )  # fmt: skip
    member = CommitteeMember.objects.create(
        region=deputy.town.parent, deputy=DeputyFactory(name="周主任"), post="member",
        begins_on=dt.date(2022, 1, 1),
    )  # fmt: skip
    pair = Pairing.objects.create(member=member, deputy=deputy, begins_on=dt.date(2022, 1, 1))
    channel = EntryFactory(dictionary=Dictionary.CHANNEL, name="电话")
    MemberContact.objects.create(
        pairing=pair, held_on=dt.date(2026, 3, 1), channel=channel, verification="verified"
    )
    Honour.objects.create(
        deputy=deputy, title="优秀人大代表", held_on=dt.date(2026, 1, 9), verification="verified"
    )
    GoodDeed.objects.create(
        deputy=deputy, title="捐资助学", held_on=dt.date(2026, 2, 1), amount=5000,
        kind=EntryFactory(dictionary=Dictionary.DEED_KIND, name="捐资"),
    )  # fmt: skip
    client.force_login(deputy.user)

    page = client.get(f"/registers/deputies/{deputy.pk}/file/").content.decode()
    year = client.get(f"/deputies/{deputy.pk}/year/?year=2026").content.decode()

    for words in (
        "自学课程：1 门，2 学时", "转达选民反映：1 件", "提出询问：1 条", "提出问题和意见：1 条",
        "约见国家机关负责人：0 次", "周主任联系欧阳䶮，电话", "表彰：1 项", "优秀人大代表",
        "先进事迹：0 件", "捐资，5,000 元",
    ):  # fmt: skip
        assert words in page
    assert "王建国" not in page + year
    for words in ("代表法三讲", "村口路灯坏了", "优秀人大代表", "捐资助学", "周主任联系欧阳䶮"):
        assert words in year
