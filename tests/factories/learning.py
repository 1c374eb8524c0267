import datetime as dt

import factory

from activities.enums import CountsAs
from activities.models import (
    Course,
    CourseCompletion,
    CourseFile,
    QuizQuestion,
    TrainingPlan,
    TrainingSession,
)
from congress_portal.core.enums import Dictionary
from tests.factories.activities import ActivityFactory, ActivityFormFactory
from tests.factories.core import CountyFactory, EntryFactory
from tests.factories.deputies import DeputyFactory


class TrainingPlanFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TrainingPlan

    region = factory.SubFactory(CountyFactory)
    year = 2026
    title = factory.Sequence(lambda n: f"第{n}个培训计划")


class TrainingSessionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TrainingSession

    plan = factory.SubFactory(TrainingPlanFactory)
    title = factory.Sequence(lambda n: f"第{n}期履职培训")
    planned_on = dt.date(2026, 7, 1)


class TrainingFactory(ActivityFactory):
    """An activity that counts as training, held in July 2026."""

    title = factory.Sequence(lambda n: f"第{n}次培训")
    form = factory.SubFactory(ActivityFormFactory, name="培训学习", counts_as=CountsAs.TRAINING)


class CourseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Course

    title = factory.Sequence(lambda n: f"第{n}课")
    region = factory.SubFactory(CountyFactory)
    category = factory.SubFactory(
        EntryFactory, dictionary=Dictionary.COURSE_CATEGORY, name="代表法"
    )
    body = "代表应当与选民保持密切联系。"
    hours = 2
    published_at = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)


class QuizQuestionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = QuizQuestion

    course = factory.SubFactory(CourseFactory)
    serial = factory.Sequence(lambda n: n)
    text = "代表每届至少几次向选民述职？"
    choices = "一次\n不用"
    right = 1


class CourseFileFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CourseFile

    course = factory.SubFactory(CourseFactory)
    title = "讲义.pdf"
    file = "courses/x.pdf"


class CourseCompletionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CourseCompletion

    course = factory.SubFactory(CourseFactory)
    deputy = factory.SubFactory(DeputyFactory)
    completed_on = dt.date(2026, 7, 3)
    hours = 2
