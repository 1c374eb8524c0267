from django.db import models


class ChatKind(models.TextChoices):
    GROUP = "group", "微信群"
    ACCOUNT = "account", "公众号"


class Reported(models.TextChoices):
    """What kind of published text somebody complains of."""

    NEWS = "news", "动态（公告）"
    SUGGESTION = "suggestion", "公开的建议"
    REPLY = "reply", "公开的答复"


class AbuseReason(models.TextChoices):
    PERSONAL = "personal", "泄露个人信息"
    FALSE = "false", "内容不实"
    INSULT = "insult", "辱骂、歧视"
    UNLAWFUL = "unlawful", "违法或者不良信息"
    OTHER = "other", "其他"


class AbuseState(models.TextChoices):
    RECEIVED = "received", "待处理"
    HIDDEN = "hidden", "已停止公开"
    KEPT = "kept", "核实后继续公开"
