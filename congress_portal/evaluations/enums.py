from django.db import models


class SubjectType(models.TextChoices):
    """Whom a scheme scores (考评办法: 对象)."""

    DEPUTY = "deputy", "代表"
    STATION = "station", "家站"
    UNIT = "unit", "承办单位"


class Method(models.TextChoices):
    """How a count becomes points (DESIGN §4)."""

    TARGET = "target", "按目标"
    RATIO = "ratio", "按比率"
    FIRST_THEN_EACH = "first_then_each", "首次加次"
    MANUAL = "manual", "人工评分"
    DEDUCTION = "deduction", "扣分"


class WhenEmpty(models.TextChoices):
    """What a line gives when there is nothing to count."""

    FULL = "full", "满分"
    ZERO = "zero", "零分"
    SKIP = "skip", "不计"


class SheetState(models.TextChoices):
    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"


class DutySubject(models.TextChoices):
    """Who owes a requirement (履职要求: 对象)."""

    DEPUTY = "deputy", "代表"
    STATION = "station", "家站"
    GROUP = "group", "代表小组"
    TOWN = "town", "镇（街道）"
    MEMBER = "member", "常委会组成人员"


class PeriodKind(models.TextChoices):
    """How long there is time for a requirement."""

    MONTH = "month", "每月"
    QUARTER = "quarter", "每季度"
    HALF = "half", "每半年"
    YEAR = "year", "每年"
    TERM = "term", "每届"


class Bound(models.TextChoices):
    """Which side of the number is asked for; 双联系 2–3 has both."""

    AT_LEAST = "at_least", "不少于"
    AT_MOST = "at_most", "不多于"


class OwedBy(models.TextChoices):
    """Whom of its kind a requirement binds: deputies by mandate, places by level."""

    ALL = "", "全部"
    COUNTY = "county", "县代表"
    TOWN = "town", "镇代表；镇"
    SUBDISTRICT = "subdistrict", "街道"
