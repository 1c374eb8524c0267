from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    name = "congress_portal.evaluations"
    verbose_name = "考评"
