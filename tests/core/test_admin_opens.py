"""Every list and every blank form of the admin opens for the office."""

import pytest
from django.contrib import admin
from django.urls import reverse

from tests.factories.core import staff

pytestmark = pytest.mark.django_db

MODELS = [
    model for model in admin.site._registry if model._meta.app_label in {"stations", "activities"}
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_list_and_blank_form_open(client, model):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    client.force_login(staff())

    assert client.get(reverse(f"{name}_changelist"), {"q": "镇"}).status_code == 200
    blank = client.get(reverse(f"{name}_add"))

    may_add = admin.site._registry[model].has_add_permission(blank.wsgi_request)
    assert blank.status_code == (200 if may_add else 403)
