from django.apps import AppConfig


class SuggestionsConfig(AppConfig):
    name = "suggestions"
    verbose_name = "建议"

    def ready(self) -> None:
        # Reason for the inline imports: services need the loaded models.
        from congress_portal.core.workdays import on_calendar_change  # noqa: PLC0415
        from suggestions.services import recompute_deadlines  # noqa: PLC0415

        on_calendar_change(recompute_deadlines)
