from django.apps import AppConfig


class SuggestionsConfig(AppConfig):
    name = "suggestions"
    verbose_name = "建议"

    def ready(self) -> None:
        # Reason for the inline imports: services need the loaded models.
        from congress_portal.core.channels import register_outsiders  # noqa: PLC0415
        from congress_portal.core.workdays import on_calendar_change  # noqa: PLC0415
        from suggestions.services import recompute_deadlines  # noqa: PLC0415
        from suggestions.services.voices.telling import PREFIX, find_voter  # noqa: PLC0415

        register_outsiders(PREFIX, find_voter)
        on_calendar_change(recompute_deadlines)
