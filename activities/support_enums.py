from django.db import models


class WorkTime(models.TextChoices):
    FULL = "full", "专职"
    PART = "part", "兼职"


class ItemState(models.TextChoices):
    OPEN = "open", "未完成"
    DONE = "done", "已完成"
    DROPPED = "dropped", "取消"


class SupportKind(models.TextChoices):
    """The four supports that 履职保障 is about: time, material, and what went with it."""

    LETTER = "letter", "出席活动通知函"
    MATERIAL = "material", "资料、物品"
    SUBSIDY = "subsidy", "补贴"
    OTHER = "other", "其他保障"
