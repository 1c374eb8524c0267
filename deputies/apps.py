from django.apps import AppConfig


class DeputiesConfig(AppConfig):
    name = "deputies"
    verbose_name = "代表"

    def ready(self) -> None:
        # Reason for the inline imports: models are there only once the apps are.
        from congress_portal.core.channels import register_phone_book  # noqa: PLC0415
        from deputies.selectors import phone_of  # noqa: PLC0415

        register_phone_book(phone_of)
