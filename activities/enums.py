from django.db import models


class CountsAs(models.TextChoices):
    """How an activity of a form is counted (DESIGN §4)."""

    INSPECTION = "inspection", "视察调研执法检查"
    TRAINING = "training", "培训学习"
    OTHER = "other", "其他活动"


class Presence(models.TextChoices):
    PRESENT = "present", "出席"
    LEAVE = "leave", "请假"
    ABSENT = "absent", "缺席"
