from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "congress_portal.core"
    verbose_name = "系统"
