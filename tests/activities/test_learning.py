"""Training: whom a session is meant for, coverage, courses, lectures, and what they feed."""

import datetime as dt
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from activities.enums import ActivityState, Audience, Part, Presence
from activities.models import (
    Activity,
    Attendance,
    Course,
    CourseCompletion,
    TrainingPlan,
    TrainingSession,
)
from activities.selectors import learning as selectors
from activities.services import learning as services
from activities.services.learning import LearningError
from congress_portal.core.enums import Dictionary, Role, Verification
from congress_portal.core.periods import quarter
from congress_portal.core.stale import fingerprint
from congress_portal.core.verification import verify
from congress_portal.evaluations.enums import SubjectType
from congress_portal.evaluations.services import compute_sheet
from deputies.enums import EndKind
from tests.factories.activities import ActivityFactory, ActivityFormFactory
from tests.factories.core import CountyFactory, EntryFactory, TownFactory, UserFactory, staff
from tests.factories.core import town_clerk as clerk_of
from tests.factories.deputies import (
    DeputyFactory,
    GroupFactory,
    GroupMembershipFactory,
    MandateFactory,
    TermFactory,
)
from tests.factories.evaluations import IndicatorFactory, SchemeFactory
from tests.factories.learning import (
    CourseCompletionFactory,
    CourseFactory,
    CourseFileFactory,
    QuizQuestionFactory,
    TrainingFactory,
    TrainingPlanFactory,
    TrainingSessionFactory,
)
from tests.factories.uploads import PDF

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(freeze):
    return freeze("2026-09-10 09:00")


@pytest.fixture
def town():
    return TownFactory(name="云溪镇")


@pytest.fixture
def deputy(town):
    return DeputyFactory(
        name="田守义", town=town, sector="农民", seat=True, user=UserFactory(role=Role.DEPUTY)
    )


def coverage(session):
    return selectors.Roll([session]).coverage(session)


# For whom


def test_the_audience_is_in_office_on_the_day_and_narrowed(town, deputy):
    veteran = DeputyFactory(town=town, sector="工人")
    MandateFactory(deputy=veteran, is_reelected=True)
    left = DeputyFactory(town=town, sector="农民")
    MandateFactory(deputy=left, ends_on=dt.date(2026, 6, 30), end_kind=EndKind.RESIGNED)
    afar = DeputyFactory(seat=True)
    own = DeputyFactory(town=town)
    MandateFactory(deputy=own, term=TermFactory(level="town", region=town, name="第十九届"))
    group = GroupFactory()
    GroupMembershipFactory(group=group, deputy=veteran)
    GroupMembershipFactory(group=group, deputy=afar, ends_on=dt.date(2026, 1, 1))

    def meant(**kwargs):
        session = TrainingSessionFactory(**kwargs)
        return selectors.Roll([session]).audience(session)

    everyone = {deputy.pk, veteran.pk, afar.pk, own.pk}
    assert meant() == everyone
    assert meant(level="county") == everyone - {own.pk}
    assert meant(audience=Audience.FIRST_TERM) == everyone - {veteran.pk}
    assert meant(audience=Audience.SECTOR, sector="农民") == {deputy.pk}
    assert meant(audience=Audience.TOWN, town=town) == everyone - {afar.pk}
    assert meant(audience=Audience.GROUP, group=group) == {veteran.pk}
    assert meant(plan__region=town) == everyone - {afar.pk}
    assert meant(planned_on=dt.date(2026, 6, 1)) == {*everyone, left.pk}


def test_who_sat_in_an_earlier_term_is_no_first_termer(deputy):
    before = TermFactory(
        name="第十七届", begins_on=dt.date(2016, 12, 1), ends_on=dt.date(2021, 11, 30)
    )
    MandateFactory(deputy=deputy, term=before)
    session = TrainingSessionFactory(audience=Audience.FIRST_TERM)

    assert selectors.Roll([session]).audience(session) == frozenset()


# Coverage


def test_coverage_follows_verified_attendance_and_leave_is_told_apart(client, town, deputy):
    people = DeputyFactory.create_batch(3, town=town, seat=True)
    guest = DeputyFactory()
    session = TrainingSessionFactory()
    held = TrainingFactory(deputies=[deputy, guest])
    later = TrainingFactory(deputies=[people[0]], verification=Verification.PENDING)
    Attendance.objects.create(activity=held, deputy=people[1], presence=Presence.LEAVE)
    session.activities.set([held, later])

    found = coverage(session)

    assert str(found.rate) == "25.0%（1/4）"
    assert (found.waiting, found.guests) == ({people[0].pk}, 1)
    assert found.missing == {people[1].pk, people[2].pk}
    client.force_login(staff())
    page = client.get(reverse("activities:training_session", args=[session.pk]))
    assert "● 请假，待补训" in page.text
    assert "■ 没有参加" in page.text


def test_twenty_of_twenty_is_full_coverage_with_an_empty_list(town):
    people = DeputyFactory.create_batch(20, town=town, seat=True)
    session = TrainingSessionFactory()
    before = coverage(session)

    session.activities.add(TrainingFactory(deputies=people))

    assert (len(before.missing), str(before.rate)) == (20, "0.0%（0/20）")
    assert (len(coverage(session).missing), str(coverage(session).rate)) == (0, "100.0%（20/20）")


def test_one_click_lists_the_missing_for_another_time(client, town, deputy):
    other = DeputyFactory(town=town, seat=True)
    session = TrainingSessionFactory(plan__region=town, hours=4)
    session.activities.add(TrainingFactory(region=town, deputies=[other]))
    form = ActivityFormFactory(name="培训学习")
    client.force_login(clerk_of(town))
    address = reverse("activities:arrange_session", args=[session.pk])
    data = {"key": str(uuid.uuid4()), "form": form.pk, "held_on": "2026-09-20"}

    client.post(address, data)
    client.post(address, data)

    planned = session.activities.get(state=ActivityState.PLANNED)
    assert [row.deputy for row in planned.invitations.all()] == [deputy]
    assert planned.hours == 4


def test_linking_takes_trainings_of_the_place_only(client, town):
    session = TrainingSessionFactory(plan__region=town)
    mine, afar = TrainingFactory(region=town), TrainingFactory()
    ActivityFactory(region=town)
    client.force_login(clerk_of(town))
    address = reverse("activities:link_session", args=[session.pk])

    offered = client.get(address).context["form"].fields["activities"].queryset
    client.post(address, {"activities": [mine.pk]})

    assert list(offered) == [mine]
    assert list(session.activities.all()) == [mine]
    with pytest.raises(LearningError, match="不在计划范围内"):
        services.link_activities(actor=clerk_of(town), session_pk=session.pk, activities=[afar])


# Plans


def test_a_plan_and_a_session_are_written_once(client, town):
    client.force_login(clerk_of(town))
    plan = {"region": town.pk, "year": 2026, "title": "2026年培训计划"}
    client.post(reverse("activities:new_training_plan"), plan)
    again = client.post(reverse("activities:new_training_plan"), plan)
    kept = TrainingPlan.objects.get()
    data = {"key": str(uuid.uuid4()), "title": "初任培训", "planned_on": "2026-10-01",
            "audience": "first_term"}  # fmt: skip
    address = reverse("activities:new_session", args=[kept.pk])
    for _ in range(2):
        client.post(address, data)
    vague = client.post(address, {**data, "key": str(uuid.uuid4()), "audience": "sector"})
    early = client.post(address, {**data, "key": str(uuid.uuid4()), "planned_on": "2025-10-01"})

    assert "这一年已有同名的计划" in again.text
    assert TrainingSession.objects.get().audience == Audience.FIRST_TERM
    assert "请选界别" in vague.text
    assert "请填当年的日期" in early.text


def test_a_stale_edit_of_a_session_keeps_the_text(client, town):
    session = TrainingSessionFactory(plan__region=town)
    client.force_login(clerk_of(town))
    address = reverse("activities:edit_session", args=[session.pk])
    seen = client.get(address).context["form"].initial["seen"]
    TrainingSession.objects.update(title="别人改的")
    data = {"seen": seen, "title": "我改的", "planned_on": "2026-07-01", "audience": "all"}

    page = client.post(address, data)

    assert "刚被别人改过" in page.text
    assert 'value="我改的"' in page.text


def test_another_places_plan_is_read_but_not_written(client, deputy):
    session = TrainingSessionFactory(plan__region=TownFactory())
    course = CourseFactory(region=TownFactory(), published_at=None)
    client.force_login(clerk_of(deputy.town))

    assert client.get(reverse("activities:training_session", args=[session.pk])).status_code == 200
    for name, key in (("edit_session", session.pk), ("link_session", session.pk),
                      ("arrange_session", session.pk), ("new_session", session.plan_id),
                      ("edit_training_plan", session.plan_id)):  # fmt: skip
        assert client.get(reverse(f"activities:{name}", args=[key])).status_code == 403
    for name in ("course", "edit_course", "course_quiz"):
        assert client.get(reverse(f"activities:{name}", args=[course.pk])).status_code == 404
    client.force_login(deputy.user)
    for name in ("training", "training_session"):
        args = [session.pk] if name == "training_session" else []
        assert client.get(reverse(f"activities:{name}", args=args)).status_code == 404


def test_missing_names_stay_in_the_readers_scope(client, deputy):
    DeputyFactory(seat=True)
    session = TrainingSessionFactory()
    client.force_login(clerk_of(deputy.town))

    page = client.get(reverse("activities:training_session", args=[session.pk]))

    assert list(page.context["page"].object_list) == [deputy]
    assert len(page.context["coverage"].missing) == 2


# Breakdowns


def test_breakdown_by_way_and_subject_with_self_study(town, deputy):
    way = EntryFactory(dictionary=Dictionary.TRAINING_KIND, name="专家讲座")
    EntryFactory(dictionary=Dictionary.TRAINING_KIND, name="外出考察")
    subject = EntryFactory(dictionary=Dictionary.COURSE_CATEGORY, name="监督法")
    session = TrainingSessionFactory(kind=way, category=subject)
    session.activities.add(TrainingFactory(deputies=[deputy, DeputyFactory()]))
    TrainingFactory()
    CourseCompletionFactory(deputy=deputy, course__category=subject)

    kinds = selectors.by_kind(staff(), 2026)
    categories = selectors.by_category(staff(), 2026)

    told = {each.name: (each.held, each.present) for each in kinds}
    assert told == {"专家讲座": (1, 2), "外出考察": (0, 0), "没有列入班次": (1, 0)}
    assert {each.name: each.studied for each in categories}["监督法"] == 1


def test_a_town_without_a_training_this_year_is_flagged(client, town):
    lacking = TownFactory(name="临江街道")
    TrainingFactory(region=town)
    TrainingFactory(region=lacking, held_on=dt.date(2025, 7, 1))
    TrainingFactory(region=lacking, verification=Verification.PENDING)
    ActivityFactory(region=lacking)
    client.force_login(staff())

    page = client.get(reverse("activities:training"))

    assert {line.town: line.held for line in page.context["towns"]} == {town: 1, lacking: 0}
    assert "还有 1 个镇（街道）今年没有办过培训" in page.text


def test_the_score_changes_once_attendance_is_verified(deputy):
    scheme = SchemeFactory(subject_type=SubjectType.DEPUTY)
    IndicatorFactory(scheme=scheme, metric="trainings", target=2)
    IndicatorFactory(scheme=scheme, metric="study_hours", target=4)
    held = TrainingFactory(deputies=[deputy], verification=Verification.PENDING)

    def total():
        sheet = compute_sheet(scheme=scheme, period=quarter(2026, 3), actor=staff())
        return sheet.scores.get(deputy=deputy).total

    before = total()
    verify(held, actor=staff())
    attended = total()
    CourseCompletionFactory(deputy=deputy)

    assert (before, attended, total()) == (0, 5, 10)


# Courses


def test_a_deputy_finishes_a_course_once(client, deputy):
    course = CourseFactory()
    client.force_login(deputy.user)
    address = reverse("activities:course", args=[course.pk])

    for _ in range(2):
        client.post(address, {"note": "记住了"})

    done = CourseCompletion.objects.get()
    assert (done.deputy, done.hours, done.right_answers) == (deputy, 2, None)
    page = client.get(address).text
    assert "学完，记 2.0 学时" in page
    assert "谁学完了" not in page
    client.force_login(staff())
    assert [row.deputy for row in client.get(address).context["page"].object_list] == [deputy]


def test_a_quiz_short_of_the_mark_may_be_tried_again(client, deputy):
    course = CourseFactory(pass_mark=2)
    first, second = QuizQuestionFactory.create_batch(2, course=course)
    client.force_login(deputy.user)
    address = reverse("activities:course", args=[course.pk])

    half = client.post(address, {f"q{first.pk}": 1, f"q{second.pk}": 2})
    none_yet = CourseCompletion.objects.exists()
    client.post(address, {f"q{first.pk}": 1, f"q{second.pk}": 1})

    assert "答对 1 题，要答对 2 题才算通过" in half.text
    assert not none_yet
    assert CourseCompletion.objects.get().right_answers == 2


def test_courses_that_fit_the_sector_come_first(client, deputy):
    for_all, fitting = CourseFactory(), CourseFactory(sectors="工人、农民")
    other = CourseFactory(sectors="知识分子")
    client.force_login(deputy.user)

    mine = client.get(reverse("activities:courses")).context["page"].object_list
    every = client.get(reverse("activities:courses"), {"all": "on"}).context["page"].object_list

    assert set(mine) == {for_all, fitting}
    assert set(every) == {for_all, fitting, other}


def test_a_draft_is_not_there_for_a_deputy(client, deputy):
    course = CourseFactory(published_at=None)
    paper = CourseFileFactory(course=course)
    client.force_login(deputy.user)

    assert client.get(reverse("activities:course", args=[course.pk])).status_code == 404
    assert client.post(reverse("activities:course", args=[course.pk])).status_code == 404
    assert client.get(reverse("activities:course_file", args=[paper.pk])).status_code == 404
    with pytest.raises(Course.DoesNotExist):
        services.complete_course(actor=deputy.user, deputy=deputy, course_pk=course.pk)
    assert client.get(reverse("activities:new_course")).status_code == 403


def test_nobody_finishes_a_course_for_another(deputy):
    with pytest.raises(LearningError, match="本人"):
        services.complete_course(actor=staff(), deputy=deputy, course_pk=CourseFactory().pk)


def test_staff_write_publish_and_mend_a_course(client):
    county = CountyFactory()
    category = EntryFactory(dictionary=Dictionary.COURSE_CATEGORY, name="代表法")
    client.force_login(staff())
    good = PDF
    data = {"key": str(uuid.uuid4()), "region": county.pk, "title": "代表法导读",
            "category": category.pk, "hours": "2", "pass_mark": "1", "is_active": "on"}  # fmt: skip

    for _ in range(2):
        file = SimpleUploadedFile("讲义.pdf", good)
        client.post(reverse("activities:new_course"), {**data, "file": file})
    course = Course.objects.get()
    publish = reverse("activities:publish_course", args=[course.pk])
    early = client.post(publish, follow=True)
    quiz = {"quiz-TOTAL_FORMS": 1, "quiz-INITIAL_FORMS": 0, "quiz-0-text": "题",
            "quiz-0-choices": "甲\n乙", "quiz-0-right": "3"}  # fmt: skip
    wrong = client.post(reverse("activities:course_quiz", args=[course.pk]), quiz)
    client.post(reverse("activities:course_quiz", args=[course.pk]), {**quiz, "quiz-0-right": "2"})
    client.post(publish)

    assert course.files.count() == 1
    assert "测验只有 0 题，却要答对 1 题" in early.text
    assert "正确答案是其中第几个" in wrong.text
    course.refresh_from_db()
    assert course.published_at
    stale = client.post(
        reverse("activities:edit_course", args=[course.pk]), {**data, "seen": "old"}
    )
    assert "刚被别人改过" in stale.text


def test_a_course_names_only_sectors_that_deputies_have(client):
    DeputyFactory(sector="农民")
    category = EntryFactory(dictionary=Dictionary.COURSE_CATEGORY)
    client.force_login(staff())
    data = {"key": str(uuid.uuid4()), "region": CountyFactory().pk, "title": "代表法导读",
            "category": category.pk, "hours": "2", "pass_mark": "0"}  # fmt: skip
    address = reverse("activities:new_course")

    wrong = client.post(address, {**data, "sectors": "农民、没有这个界别"})
    assert not Course.objects.exists()
    client.post(address, {**data, "sectors": "农民"})

    assert "花名册里没有「没有这个界别」，请核对。现有的代表构成：农民。" in wrong.text
    assert Course.objects.get().sectors == "农民"


def test_a_paper_is_taken_off_by_its_own_office(client, town):
    paper = CourseFileFactory(course__region=town)
    address = reverse("activities:drop_course_file", args=[paper.pk])
    client.force_login(clerk_of(TownFactory()))
    assert client.post(address).status_code == 403

    client.force_login(clerk_of(town))
    client.post(address)

    assert not paper.course.files.exists()


# Lectures


def test_a_lecture_credits_its_speaker(client, town, deputy):
    client.force_login(clerk_of(town))
    good = SimpleUploadedFile("讲稿.pdf", PDF)
    data = {"key": str(uuid.uuid4()), "title": "土地流转那些事", "held_on": "2026-09-01",
            "speakers": "田守义", "audience": "45", "place": "文化广场", "result": "村民问得多",
            "material": good}  # fmt: skip

    client.post(reverse("activities:new_lecture"), data)
    good.seek(0)
    client.post(reverse("activities:new_lecture"), data)

    activity = Activity.objects.get()
    seat = activity.attendances.get()
    assert (seat.deputy, seat.part) == (deputy, Part.SPEAKER)
    assert (activity.audience, activity.verification) == (45, Verification.VERIFIED)
    assert activity.files.count() == 1
    page = client.get(reverse("activities:lectures"))
    assert "土地流转那些事" in page.text
    assert "田守义" in page.text
    client.force_login(deputy.user)
    file = client.get(reverse("desk:duty_file", args=[deputy.pk]), {"year": "2026"})
    assert "主讲" in file.text


def test_a_deputys_own_lecture_waits(client, deputy):
    client.force_login(deputy.user)
    data = {"key": str(uuid.uuid4()), "title": "讲法", "held_on": "2026-09-01"}

    client.post(reverse("activities:new_lecture"), data)

    assert Activity.objects.get().verification == Verification.PENDING
    with pytest.raises(LearningError, match="本人"):
        services.log_lecture(
            actor=deputy.user, speakers=[DeputyFactory()], held_on=dt.date(2026, 9, 1),
            title="替人记", audience=None,
        )  # fmt: skip


# Lists


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_for_one_and_three(client, django_assert_num_queries, rows):
    TownFactory.create_batch(2)
    for _ in range(rows):
        session = TrainingSessionFactory()
        session.activities.add(TrainingFactory(deputies=[DeputyFactory(seat=True)]))
    category = EntryFactory(dictionary=Dictionary.COURSE_CATEGORY, name="代表法")
    CourseFactory.create_batch(rows, category=category)
    ActivityFactory.create_batch(rows, form=ActivityFormFactory(name="代表讲堂"))
    client.force_login(staff())
    for name, queries in (("training", 16), ("courses", 6), ("lectures", 7)):
        address = reverse(f"activities:{name}")
        client.get(address)
        with django_assert_num_queries(queries):
            assert client.get(address).status_code == 200


def test_a_session_page_costs_the_same_for_one_and_three(client, django_assert_num_queries, town):
    session = TrainingSessionFactory()
    DeputyFactory(town=town, seat=True)
    client.force_login(staff())
    address = reverse("activities:training_session", args=[session.pk])
    client.get(address)
    with django_assert_num_queries(10):
        client.get(address)
    DeputyFactory.create_batch(2, town=town, seat=True)
    with django_assert_num_queries(10):
        assert len(client.get(address).context["page"].object_list) == 3


def test_a_fingerprint_guards_the_plan(town):
    plan = TrainingPlanFactory(region=town)
    values = {"region": town, "year": 2026, "title": "新名"}

    services.save_plan(actor=clerk_of(town), values=values, plan_pk=plan.pk, seen=fingerprint(plan))

    assert TrainingPlan.objects.get().title == "新名"


# The admin


@pytest.mark.parametrize(
    ("name", "make"),
    [("trainingplan", TrainingSessionFactory), ("course", QuizQuestionFactory),
     ("coursecompletion", CourseCompletionFactory)],
)  # fmt: skip
def test_admin_pages_open_within_scope(client, town, name, make):
    row = make()
    shown = {"trainingplan": "plan", "course": "course"}.get(name)
    key = getattr(row, shown).pk if shown else row.pk
    client.force_login(staff())

    assert client.get(reverse(f"admin:activities_{name}_changelist")).status_code == 200
    assert client.get(reverse(f"admin:activities_{name}_change", args=[key])).status_code == 200
    client.force_login(UserFactory(role=Role.DEPUTY))
    address = reverse(f"admin:activities_{name}_change", args=[key])
    assert client.get(address).status_code == 302


def test_a_completion_is_read_by_the_deputy_and_the_own_town(deputy):
    done = CourseCompletionFactory(deputy=deputy)
    colleague = DeputyFactory(town=deputy.town, user=UserFactory(role=Role.DEPUTY))

    readers = (deputy.user, clerk_of(deputy.town), staff(), clerk_of(TownFactory()), colleague.user)
    seen = [CourseCompletion.objects.visible_to(user).count() for user in readers]

    assert seen == [1, 1, 1, 0, 0]
    assert list(CourseCompletion.objects.editable_by(clerk_of(deputy.town))) == [done]
