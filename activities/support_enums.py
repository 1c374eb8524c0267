from django.db import models


class WorkTime(models.TextChoices):
    FULL = "full", "专职"
    PART = "part", "兼职"


class ItemState(models.TextChoices):
    OPEN = "open", "未完成"
    DONE = "done", "已完成"
    DROPPED = "dropped", "取消"
