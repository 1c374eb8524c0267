"""Settings, read from the environment; a bad value stops the start with one line.

With ``DEBUG=1`` and nothing else set everything runs: secrets are made once and kept
under ``var/``. Without DEBUG a missing secret is refused.
"""

import contextlib
import os
import secrets
import sys
import warnings
from pathlib import Path
from typing import Any, NoReturn

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

_FALSE = ("", "0", "false", "no", "n", "off")
_ENGINES = ("django.db.backends.sqlite3", "django.db.backends.postgresql")

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")


def _stop(line: str) -> NoReturn:
    sys.exit(f"配置错误：{line}")


def _read(reader: str, name: str, default: object) -> Any:
    try:
        return getattr(env, reader)(name, default=default)
    except (ValueError, ImproperlyConfigured):
        _stop(f"环境变量 {name} 的值无法识别。")


def _secret(name: str) -> str:
    """A secret from the environment; in DEBUG one that is made once and kept in var/."""
    value = env.str(name, default="")
    if value:
        if len(value) < 32:
            _stop(f"环境变量 {name} 至少要有 32 个字符。")
        return value
    if not DEBUG:
        maker = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        _stop(f"没有设置环境变量 {name}（可用 {maker} 生成）。")
    VAR_DIR.mkdir(exist_ok=True)
    keeper = VAR_DIR / f"{name.lower()}.txt"
    if not keeper.exists():
        draft = VAR_DIR / f".{name.lower()}.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):  # another start was quicker: its secret holds
            os.link(draft, keeper)
        draft.unlink()
    return keeper.read_text().strip()


if os.environ.get("DEBUG", "").lower() not in {*env.BOOLEAN_TRUE_STRINGS, *_FALSE}:
    _stop("环境变量 DEBUG 的值无法识别。")
DEBUG = _read("bool", "DEBUG", False)
SECRET_KEY = _secret("SECRET_KEY")
FIELD_KEY = _secret("FIELD_KEY")  # encrypts identity numbers; losing it loses them
ALLOWED_HOSTS = _read("list", "ALLOWED_HOSTS", ["*"] if DEBUG else [])
if not ALLOWED_HOSTS:
    _stop("没有设置环境变量 ALLOWED_HOSTS（用逗号分开的域名）。")
SITE_URL = _read("str", "SITE_URL", "http://127.0.0.1:8000").rstrip("/")
if not SITE_URL.startswith(("http://", "https://")):
    _stop("环境变量 SITE_URL 要以 http:// 或 https:// 开头。")
PORTAL_NAME = _read("str", "PORTAL_NAME", "人大代表履职平台")
PORTAL_OFFICE = _read("str", "PORTAL_OFFICE", "")  # on papers; empty: from the region

INSTALLED_APPS = [
    "congress_portal.core",
    "deputies",
    "stations",
    "activities",
    "suggestions",
    "congress_portal.evaluations",
    "congress_portal.desk",
    "congress_portal.public",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_bootstrap5",
    "django_htmx",
    "js_lib_bootstrap5",
    "import_export",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "congress_portal.desk.middleware.EntryMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "congress_portal.core.middleware.ActorMiddleware",
    "congress_portal.desk.middleware.LostFormMiddleware",
    "congress_portal.desk.middleware.DoneNoticeMiddleware",
    "congress_portal.desk.middleware.FirstPasswordMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "congress_portal.urls"
WSGI_APPLICATION = "congress_portal.wsgi.application"
ASGI_APPLICATION = "congress_portal.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "congress_portal.core.context_processors.portal",
            ],
        },
    },
]

try:
    with warnings.catch_warnings(action="ignore"):  # an unknown engine is refused below
        _DATABASE = env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")
except (ValueError, ImproperlyConfigured):
    _DATABASE = {}
if _DATABASE.get("ENGINE") not in _ENGINES:
    _stop("环境变量 DATABASE_URL 无法识别。")
DATABASES = {"default": _DATABASE}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            " PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;"
        ),
    }
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": 8}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "congress_portal.core.backends.RoleBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": name}
    for name in (
        "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "congress_portal.core.wording.LongEnough",
        "django.contrib.auth.password_validation.CommonPasswordValidator",
        "django.contrib.auth.password_validation.NumericPasswordValidator",
    )
]
LOGIN_URL = "desk:login"
LOGIN_REDIRECT_URL = "desk:home"
LOGOUT_REDIRECT_URL = "desk:login"
AXES_FAILURE_LIMIT = 5
AXES_ENABLE_ADMIN = False  # core.admin.locks has the one page that an administrator needs
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # a town office shares one address
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_IPWARE_PROXY_COUNT = _read("int", "PROXY_COUNT", 0)

LANGUAGE_CODE = "zh-hans"
LOCALE_PATHS = [BASE_DIR / "locale"]  # Django's own messages in an office clerk's words
LANGUAGES = [("zh-hans", "简体中文")]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = _read("str", "STATIC_ROOT", str(VAR_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = _read("str", "MEDIA_ROOT", str(VAR_DIR / "media"))
MEDIA_URL = "media/"  # never served directly: a view checks who may read
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
IMPORT_MAX_BYTES = _read("int", "IMPORT_MAX_BYTES", 64 * 1024 * 1024)

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
_HTTPS = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_SSL_REDIRECT = _HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _HTTPS
if AXES_IPWARE_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Channels that carry notices out of the portal; all off unless set (docs/manual, core/channels.py)


def _hook(code: str, name: str) -> dict[str, Any]:
    url = _read("str", f"{code.upper()}_HOOK_URL", "")
    local = ("http://127.0.0.1", "http://localhost")
    if url and not url.startswith(("https://", *local)):
        _stop(f"环境变量 {code.upper()}_HOOK_URL 要以 https:// 开头。")
    secret = _read("str", f"{code.upper()}_HOOK_SECRET", "")
    if url and len(secret) < 16:
        _stop(f"环境变量 {code.upper()}_HOOK_SECRET 至少要有 16 个字符。")
    template = _read("json", f"{code.upper()}_HOOK_TEMPLATE", {"to": "{address}", "text": "{text}"})
    return {
        "code": code,
        "name": name,
        "url": url,
        "secret": secret,
        "template": template,
        "only": tuple(_read("list", f"{code.upper()}_HOOK_ONLY", [])),
        "ok": _read("str", f"{code.upper()}_HOOK_OK", ""),
    }


NOTICE_HOOKS = [_hook("sms", "短信"), _hook("chat", "企业聊天")]
NOTICE_EMAIL = _read("bool", "NOTICE_EMAIL", False)
NOTICE_EMAIL_ONLY = _read("list", "NOTICE_EMAIL_ONLY", [])
if NOTICE_EMAIL:
    try:
        vars().update(env.email_url("EMAIL_URL"))
    except (ValueError, ImproperlyConfigured):
        _stop("启用 NOTICE_EMAIL 时要设置 EMAIL_URL，如 smtp+tls://账号:密码@主机:587。")
DEFAULT_FROM_EMAIL = _read("str", "NOTICE_FROM", "portal@localhost")
EMAIL_TIMEOUT = 10

IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
BACKGROUND_WORKER = _read("bool", "BACKGROUND_WORKER", False)  # manage.py db_worker is running
BATCH_KEEP_DAYS = _read("int", "BATCH_KEEP_DAYS", 7)  # files made in the background
IMPORT_KEEP_DAYS = _read("int", "IMPORT_KEEP_DAYS", 7)  # uploads that nobody confirmed
if min(BATCH_KEEP_DAYS, IMPORT_KEEP_DAYS) < 1:
    _stop("环境变量 BATCH_KEEP_DAYS 和 IMPORT_KEEP_DAYS 不能小于 1。")
DOCUMENT_FONTS = _read("list", "DOCUMENT_FONTS", [])  # the office's licensed faces, by family name

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
