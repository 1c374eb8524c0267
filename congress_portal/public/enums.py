from django.db import models


class ChatKind(models.TextChoices):
    GROUP = "group", "微信群"
    ACCOUNT = "account", "公众号"
