"""Facts that hold across the whole project, each told with what would have to be mended."""

import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.management import get_commands
from django.template import engines
from django.template.loader import get_template
from django.urls import URLPattern, URLResolver, get_resolver
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from congress_portal.core import metrics

ROOT = Path(settings.BASE_DIR)
OUR_APPS = {"core", "deputies", "stations", "activities", "suggestions", "evaluations"}
OUR_MODELS = [model for model in apps.get_models() if model._meta.app_label in OUR_APPS]
TEMPLATES = sorted(
    str(path.relative_to(ROOT / "templates")) for path in ROOT.glob("templates/**/*.html")
)
SOURCES = sorted(
    path
    for folder in ("congress_portal", "deputies", "stations", "activities", "suggestions")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)
OPEN_PAGES = [
    "", "calendar/<str:token>.ics", "help/", "help/<slug:slug>/", "login/", "offline/",
    "type-size/", "worker.js",
    "", "s/<str:number>/", "s/<str:number>/qr.svg", "s/<str:number>/print/<slug:size>.pdf",
    "d/<int:pk>/", "d/<int:pk>/photo.jpg", "d/<int:pk>/qr.svg",
    "site/stations/", "site/deputies/", "site/deputies/<slug:code>/<slug:size>.pdf",
    "site/news/", "site/news/<int:pk>/", "site/news.xml", "site/receptions.ics",
    "site/rules/", "site/rules/<int:pk>/", "site/suggestions/", "site/suggestions/<int:pk>/",
    "site/figures/", "open/", "open/deputies.json", "open/suggestions.csv",
    "open/statistics.csv", "robots.txt", "sitemap.xml",
    "api/v1/", "api/v1/deputies.json", "api/v1/deputies.csv", "api/v1/posts.json",
    "api/v1/stations.json", "api/v1/stations.csv", "api/v1/suggestions.json",
    "api/v1/suggestions.csv", "api/v1/suggestions/<int:pk>.json", "api/v1/statistics.json",
    "api/v1/statistics.csv",
    "report/<slug:kind>/<int:pk>/", "report/<str:token>/",
    "d/<int:pk>/write/", "d/<int:pk>/print/<slug:size>.pdf",
    "write/", "s/<str:number>/write/", "look-up/", "v/<str:token>/", "v/<str:token>/solved/",
    "v/<str:token>/not-solved/", "v/<str:token>/quiet/", "v/<str:token>/photos/<int:pk>.jpg",
    "v/<str:token>/thanks/", "site/wishes/", "site/halls/", "site/surveys/",
    "q/<str:token>/", "q/<str:token>/thanks/", "q/<str:token>/qr.svg", "site/surveys/<int:pk>/",
    "site/deeds/", "open/deeds.csv", "site/wishes/new/",
    "site/wishes/photos/<int:pk>.jpg",
]  # fmt: skip
DRAWERS = {"utils.py", "helpers.py", "common.py", "signals.py"}


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_form_carries_a_hidden_field_twice(name):
    """``_fields.html`` brings what the form carries: the same id twice is not valid HTML."""
    text = (ROOT / "templates" / name).read_text(encoding="utf-8")
    for block in re.findall(r"<form\b.*?</form>", text, re.DOTALL):
        if '{% include "suggestions/_fields.html" %}' in block:
            assert not re.search(r"\{\{ form\.(key|seen)\b|form\.hidden_fields", block)


def _locked(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    found = (re.match(r"([A-Za-z0-9._-]+)==([^ ;\\]+)", line) for line in lines)
    return {canonicalize_name(match[1]): match[2] for match in found if match}


def _project_files() -> list[Path]:
    folders = ("congress_portal", "deputies", "stations", "activities", "suggestions")
    folders += ("templates", "static", "tests", "docs", ".ci")
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    paths += ROOT.glob("*.*")
    kinds = {".py", ".html", ".css", ".js", ".md", ".txt", ".toml", ".yaml", ""}
    return [path for path in paths if path.is_file() and path.suffix in kinds]


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model._meta.label)
def test_model_has_a_scope(model):
    queryset = model._default_manager.all()

    assert callable(queryset.visible_to)
    assert callable(queryset.editable_by)


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model._meta.label)
def test_model_is_in_the_glossary(model):
    glossary = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")

    row = rf"^\|.*`{model.__name__}` \| (?:.*、)?{model._meta.verbose_name} \|"
    assert re.search(row, glossary, flags=re.MULTILINE)


def test_metrics_are_in_the_glossary():
    glossary = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")

    found = [each for model in OUR_MODELS for each in metrics.metrics_of(model)]

    assert found
    assert [
        (each.code, each.name)
        for each in found
        if f"| `{each.code}` | {each.name} |" not in glossary
    ] == []


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_lock_meets_pyproject(lock):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = list(project["dependencies"])
    if lock == "requirements-dev.txt":
        wanted += project["optional-dependencies"]["dev"]
    locked = _locked(lock)

    unmet = [
        text
        for text in wanted
        if locked.get(canonicalize_name((need := Requirement(text)).name), "") not in need.specifier
    ]

    assert unmet == []  # mended by: make lock


def test_both_locks_agree():
    runtime, dev = _locked("requirements.txt"), _locked("requirements-dev.txt")

    assert {name: dev.get(name) for name in runtime} == runtime


def test_locks_name_no_address():
    text = (ROOT / "requirements.txt").read_text() + (ROOT / "requirements-dev.txt").read_text()

    assert re.findall(r"://|^-|@ ", text, flags=re.MULTILINE) == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_compiles(name):
    assert get_template(name).template.nodelist is not None


def test_every_template_is_used():
    sources = SOURCES + [ROOT / "templates" / name for name in TEMPLATES]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    by_name = ("403", "404", "500", "admin/", "registration/")  # Django looks for these itself

    unused = [
        name for name in TEMPLATES if not name.startswith(by_name) and f'"{name}"' not in text
    ]

    assert unused == []


def test_templates_have_no_inline_script_or_style():
    found = [
        name
        for name in TEMPLATES
        if re.search(
            r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=\"",
            (ROOT / "templates" / name).read_text(encoding="utf-8"),
        )
        and "pdf/" not in name
    ]

    assert found == []


def test_no_module_is_a_drawer():
    assert [str(path.relative_to(ROOT)) for path in SOURCES if path.name in DRAWERS] == []


def _views(resolver: URLResolver, prefix: str = "") -> list[tuple[str, object]]:
    found = []
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            found.append((path, pattern.callback))
        else:
            found += _views(pattern, path)
    return found


def test_pages_without_sign_in_are_these():
    """A page that everybody may open is added here on purpose, never by accident."""
    marked = login_not_required(lambda request: None).login_required
    open_pages = [
        path
        for path, view in _views(get_resolver())
        if getattr(view, "login_required", True) is marked and not path.startswith("admin/")
    ]

    assert sorted(open_pages) == sorted(OPEN_PAGES)


def _names(resolver, space=()):
    for part in resolver.url_patterns:
        if isinstance(part, URLResolver):
            if part.namespace != "admin":
                yield from _names(part, (*space, part.namespace) if part.namespace else space)
        elif part.name:
            yield ":".join((*space, part.name)), str(part.pattern)


def test_one_name_leads_to_one_page():
    """A name given twice leads elsewhere than its writer thinks; which one wins is an accident."""
    names = [name for name, _ in _names(get_resolver())]

    assert {name for name in names if names.count(name) > 1} == set()


def test_commands_of_the_contract_exist():
    wanted = {"demo", "import_records", "metrics", "evaluate", "verify_audit", "test"}

    assert wanted - {name for name, app in get_commands().items() if app != "django.core"} == set()


def test_no_file_names_this_workplace():
    """Registry addresses and paths of one machine have no place in the repository."""
    pattern = re.compile(
        "|".join(("/wo" + "rk/", "/ro" + "ot/", "arti" + "factory", "pypi" + r"\.org/simple"))
    )

    found = [
        str(path.relative_to(ROOT))
        for path in _project_files()
        if pattern.search(path.read_text(encoding="utf-8"))
    ]

    assert found == []


def test_template_engine_refuses_undefined_variables():
    engine = engines["django"].engine

    assert "%s" in engine.string_if_invalid
