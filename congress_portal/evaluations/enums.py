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
