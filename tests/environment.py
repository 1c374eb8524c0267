"""What the settings read in tests, put in place before Django starts; imported by conftest first.

DATABASE_URL may be given from outside (the PostgreSQL run of ``.ci/run``); ``.env`` and the
developer's own variables play no part otherwise.
"""

import os

import django

os.environ.update(
    DJANGO_SETTINGS_MODULE="congress_portal.settings",
    DEBUG="1",  # plain static files; pytest-django turns DEBUG off once settings are read
    SECRET_KEY="only-for-tests-" + "s" * 40,
    FIELD_KEY="only-for-tests-" + "f" * 40,
    ALLOWED_HOSTS="testserver,localhost,127.0.0.1",
    SITE_URL="http://testserver",
    PORTAL_NAME="人大代表履职平台",
    BACKGROUND_WORKER="1",  # pages start no process of their own in tests
)
os.environ.setdefault("DATABASE_URL", "sqlite:///:memory:")
for name in ("MEDIA_ROOT", "STATIC_ROOT", "PORTAL_OFFICE", "PROXY_COUNT", "DOCUMENT_FONTS"):
    os.environ.pop(name, None)

django.setup()
