from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "congress_portal.desk"
    verbose_name = "工作台"

    def ready(self) -> None:
        # Reason for the inline import: importing the module connects the receivers.
        from congress_portal.desk import signin  # noqa: F401, PLC0415
