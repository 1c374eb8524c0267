from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "congress_portal.desk"
    verbose_name = "工作台"

    def ready(self) -> None:
        # Reason for the inline imports: importing the module connects the receivers, and models
        # can be imported only once all apps are there.
        from congress_portal.core.batches.registry import register_kind  # noqa: PLC0415
        from congress_portal.desk import signin  # noqa: F401, PLC0415
        from congress_portal.desk.registers.duty_files import DutyFiles  # noqa: PLC0415
        from congress_portal.desk.registers.term_files import TermSummaries  # noqa: PLC0415

        register_kind(DutyFiles())
        register_kind(TermSummaries())
