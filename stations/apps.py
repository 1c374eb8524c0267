from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class StationsConfig(AppConfig):
    name = "stations"
    verbose_name = "家站"

    def ready(self) -> None:
        from stations import guards  # noqa: PLC0415 - the apps must be loaded first

        pre_migrate.connect(guards.take_up, sender=self, dispatch_uid="guards")
        post_migrate.connect(guards.lay_down, sender=self, dispatch_uid="guards")
