from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class EvaluationsConfig(AppConfig):
    name = "congress_portal.evaluations"
    verbose_name = "考评"

    def ready(self) -> None:
        # Reason for the inline imports: models can be imported only once all apps are there.
        # the reminders of duties register themselves
        import congress_portal.evaluations.duties.services  # noqa: F401, PLC0415
        from congress_portal.core.batches.registry import register_kind  # noqa: PLC0415
        from congress_portal.evaluations import guards  # noqa: PLC0415
        from congress_portal.evaluations.batches import ScorePages  # noqa: PLC0415
        from congress_portal.evaluations.yearend.batches import Certificates  # noqa: PLC0415

        register_kind(ScorePages())
        register_kind(Certificates())
        pre_migrate.connect(guards.take_up, sender=self, dispatch_uid="evaluation guards")
        post_migrate.connect(guards.lay_down, sender=self, dispatch_uid="evaluation guards")
