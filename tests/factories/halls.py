import datetime as dt

import factory

from suggestions.models import Hall, HallTask, HallView
from tests.factories.activities import ActivityFactory


class HallFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Hall

    activity = factory.SubFactory(
        ActivityFactory, form__name="议事厅", title="议事厅：加装电梯", held_on=dt.date(2026, 9, 20)
    )
    topic = "老旧小区加装电梯"


class HallViewFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = HallView

    hall = factory.SubFactory(HallFactory)
    serial = factory.Sequence(lambda n: n + 1)
    speaker = "voter"
    words = "楼道太窄，电梯装不下"


class HallTaskFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = HallTask

    hall = factory.SubFactory(HallFactory)
    what = "测量楼道"
    owner = "李主任"
    set_on = dt.date(2026, 9, 20)
    due_on = dt.date(2026, 10, 20)
