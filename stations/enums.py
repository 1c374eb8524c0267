from django.db import models


class CheckState(models.TextChoices):
    """State of one checklist item; only YES counts as present."""

    YES = "yes", "有"
    PARTIAL = "partial", "部分"
    NO = "no", "无"


class StandardKind(models.TextChoices):
    FACILITIES = "facilities", "阵地设施"
    BOOKS = "books", "簿册档案"


class OfficerKind(models.TextChoices):
    HEAD = "head", "站长"
    LIAISON = "liaison", "联络员"
