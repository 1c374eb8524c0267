"""Learning: the year's plan, the course library, completions (M99–M104; 代表法 §47)."""

from django.db import models
from django.db.models import Q

from activities.enums import Audience
from activities.models.activity import Activity
from activities.models.scoping import OfDeputyQuerySet
from congress_portal.core.enums import TOWN_LEVELS, Dictionary, Level
from congress_portal.core.models import DictionaryEntry, Region
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet
from deputies.models import Deputy, Group


class OfOfficeQuerySet(ScopedQuerySet):
    """Plans and courses: read by everyone signed in, kept by the office of their place."""

    by_region = False
    region_path = "region"

    def read_rule(self, scope: Scope) -> Q:
        return ~NOTHING if scope.user_id else NOTHING

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes(self.region_path) if scope.write_prefixes else NOTHING


class TrainingPlan(models.Model):
    """A year's training plan of a county or town (M99, M100)."""

    region = models.ForeignKey(
        Region, models.PROTECT, related_name="training_plans", verbose_name="哪里的计划"
    )
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("计划名称", max_length=120)
    goal = models.TextField("目标和安排", blank=True)

    objects = OfOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = "培训计划"
        verbose_name_plural = "培训计划"
        ordering = ["-year", "region", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "year", "title"],
                name="training_plan_once",
                violation_error_message="这一年已有同名的计划。",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class OfPlanQuerySet(OfOfficeQuerySet):
    region_path = "plan__region"


class TrainingSession(models.Model):
    """A planned session; once held it points to the activity whose attendance covers it."""

    plan = models.ForeignKey(
        TrainingPlan, models.CASCADE, related_name="sessions", verbose_name="培训计划"
    )
    title = models.CharField("培训名称", max_length=120)
    kind = models.ForeignKey(
        DictionaryEntry,
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"dictionary": Dictionary.TRAINING_KIND},
        related_name="+",
        verbose_name="培训方式",
    )
    category = models.ForeignKey(
        DictionaryEntry,
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"dictionary": Dictionary.COURSE_CATEGORY},
        related_name="+",
        verbose_name="学习内容",
    )
    planned_on = models.DateField("计划日期")
    hours = models.DecimalField("学时", max_digits=5, decimal_places=1, null=True, blank=True)
    audience = models.CharField(
        "培训对象", max_length=12, choices=Audience.choices, default=Audience.ALL
    )
    level = models.CharField(
        "哪一级的代表", max_length=10, choices=Level.choices, blank=True, help_text="不选为各级。"
    )
    sector = models.CharField("界别", max_length=30, blank=True)
    town = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"level__in": TOWN_LEVELS},
        related_name="+",
        verbose_name="镇（街道）",
    )
    group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="小组"
    )
    activities = models.ManyToManyField(
        Activity,
        blank=True,
        related_name="training_sessions",
        verbose_name="实际举办",
        help_text="分几批办的可以有几次。",
    )
    idempotency_key = models.UUIDField("表单编号", null=True, unique=True, editable=False)

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "培训班次"
        verbose_name_plural = "培训班次"
        ordering = ["plan", "planned_on", "pk"]

    def __str__(self) -> str:
        return self.title


class Course(models.Model):
    """A course in the library, for study at one's own time; minutes are never counted (C8)."""

    title = models.CharField("课程", max_length=120)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="由哪里提供")
    category = models.ForeignKey(
        DictionaryEntry,
        models.PROTECT,
        limit_choices_to={"dictionary": Dictionary.COURSE_CATEGORY},
        related_name="+",
        verbose_name="学习内容",
    )
    sectors = models.CharField(
        "适合界别", max_length=200, blank=True, help_text="用顿号分开；不填为都适合。"
    )
    summary = models.TextField("简介", blank=True)
    body = models.TextField("课文", blank=True)
    hours = models.DecimalField(
        "学时", max_digits=4, decimal_places=1, default=1, help_text="学完记多少学时。"
    )
    pass_mark = models.PositiveSmallIntegerField(
        "测验答对几题算通过", default=0, help_text="没有测验填 0。"
    )
    published_at = models.DateTimeField("发布时间", null=True, blank=True, editable=False)
    is_active = models.BooleanField("在用", default=True)
    idempotency_key = models.UUIDField("表单编号", null=True, unique=True, editable=False)

    objects = OfOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = "课程"
        verbose_name_plural = "课程库"
        ordering = ["category", "-pk"]

    def __str__(self) -> str:
        return self.title


class OfCourseQuerySet(OfOfficeQuerySet):
    region_path = "course__region"


class CourseFile(models.Model):
    course = models.ForeignKey(Course, models.CASCADE, related_name="files", verbose_name="课程")
    title = models.CharField("名称", max_length=120)
    file = models.FileField("文件", upload_to="courses/%Y/%m", max_length=200)

    objects = OfCourseQuerySet.as_manager()

    class Meta:
        verbose_name = "课件"
        verbose_name_plural = "课件"
        ordering = ["course", "pk"]

    def __str__(self) -> str:
        return self.title


class QuizQuestion(models.Model):
    """A question of a course's optional quiz; one choice a line, the right one by its number."""

    course = models.ForeignKey(
        Course, models.CASCADE, related_name="questions", verbose_name="课程"
    )
    serial = models.PositiveSmallIntegerField("次序", default=0)
    text = models.CharField("题目", max_length=300)
    choices = models.TextField("选项", help_text="一行一个。")
    right = models.PositiveSmallIntegerField("正确的是第几个")

    objects = OfCourseQuerySet.as_manager()

    class Meta:
        verbose_name = "测验题"
        verbose_name_plural = "测验题"
        ordering = ["course", "serial", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(right__gte=1),
                name="quiz_right_answer_named",
                violation_error_message="正确答案从第 1 个数起。",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def choice_list(self) -> list[str]:
        return [line.strip() for line in self.choices.splitlines() if line.strip()]


class CourseCompletionQuerySet(OfDeputyQuerySet):
    pass


class CourseCompletion(models.Model):
    """A deputy finished a course."""

    course = models.ForeignKey(
        Course, models.PROTECT, related_name="completions", verbose_name="课程"
    )
    deputy = models.ForeignKey(
        Deputy, models.PROTECT, related_name="course_completions", verbose_name="代表"
    )
    completed_on = models.DateField("学完日期")
    hours = models.DecimalField("学时", max_digits=4, decimal_places=1)
    right_answers = models.PositiveSmallIntegerField("答对几题", null=True, blank=True)
    note = models.TextField("学习心得", blank=True)

    objects = CourseCompletionQuerySet.as_manager()

    class Meta:
        verbose_name = "学习记录"
        verbose_name_plural = "学习记录"
        ordering = ["-completed_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "deputy"],
                name="course_completion_once",
                violation_error_message="这门课您已学完。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deputy} {self.course}"
