from django.db import models


class VoiceSource(models.TextChoices):
    """Where a voice was heard; every source is one chain (DESIGN §1)."""

    RECEPTION = "reception", "接待选民"
    VISIT = "visit", "联系走访"
    ACTIVITY = "activity", "活动发现"
    WEB = "web", "扫码留言"
    PHOTO = "photo", "随手拍"
    WISH = "wish", "微心愿"
    MAILBOX = "mailbox", "意见信箱"
    HALL = "hall", "议事厅"
    ENTERPRISE = "enterprise", "企业诉求"
    SURVEY = "survey", "问卷"
    PAPER = "paper", "纸质来件"


class Kind(models.TextChoices):
    SUGGESTION = "suggestion", "建议"
    MOTION = "motion", "议案"


class Share(models.TextChoices):
    """A unit's part in handling: exactly one lead unit, any assisting ones."""

    LEAD = "lead", "主办"
    ASSIST = "assist", "会办"
