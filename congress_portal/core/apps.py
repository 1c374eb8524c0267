from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "congress_portal.core"
    verbose_name = "系统"

    def ready(self) -> None:
        # Reason for the inline import: importing the module registers the checks.
        from congress_portal.core import checks, wording  # noqa: F401, PLC0415

        wording.speak_plainly()
