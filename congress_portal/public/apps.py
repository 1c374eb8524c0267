from django.apps import AppConfig


class PublicConfig(AppConfig):
    name = "congress_portal.public"
    verbose_name = "公开"
