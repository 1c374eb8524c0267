from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "congress_portal.desk"
    verbose_name = "工作台"
