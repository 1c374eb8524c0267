"""The admin's first page: the links used most, and the models grouped as the office thinks."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from congress_portal.core.models import User

# The office's order: what is kept daily first, the dictionaries behind it last.
_GROUPS = {
    "代表": ("Deputy", "Group", "Term", "District"),
    "家站": ("Station", "StationType", "Standard"),
    "履职": ("Activity", "Visit", "Reception", "DutyReport", "NewsItem", "ActivityForm"),
    "建议": ("Suggestion", "Voice", "Handling"),
    "考评": ("ScoreSheet", "Scheme", "InspectionMark"),
    "系统": (
        "ImportRun",
        "Region",
        "Unit",
        "DictionaryEntry",
        "CalendarDay",
        "CalendarYear",
        "User",
        "AuditEntry",
    ),
}
_BY_APP = {
    "deputies": "代表",
    "stations": "家站",
    "activities": "履职",
    "suggestions": "建议",
    "evaluations": "考评",
}
_PLACES = {
    model: (group, place) for group, models in _GROUPS.items() for place, model in enumerate(models)
}

# label, permission, address name, query
_ACTIONS = (
    ("导入表格", "activities.add_activity", "imports:upload", ""),
    ("登记活动", "activities.add_activity", "admin:activities_activity_add", ""),
    ("核实记录", "activities.change_activity", "activities:verify", ""),
    (
        "登记建议和答复",
        "suggestions.change_suggestion",
        "admin:suggestions_suggestion_changelist",
        "",
    ),
    (
        "计算、发布考评",
        "evaluations.change_scoresheet",
        "evaluations:list",
        "",
    ),
)


@dataclass(frozen=True)
class Link:
    name: str
    address: str


@dataclass(frozen=True)
class ModelGroup:
    name: str
    models: list[dict[str, Any]]


def frequent_actions(user: User) -> list[Link]:
    """The five things done most, as far as the person may do them."""
    return [
        Link(name, f"{reverse(view)}{query}")
        for name, permission, view, query in _ACTIONS
        if user.has_perm(permission)
    ]


def model_groups(app_list: list[dict[str, Any]]) -> list[ModelGroup]:
    """Django's list of apps and models, regrouped; empty groups are left out."""
    placed: dict[str, list[tuple[int, dict[str, Any]]]] = {name: [] for name in _GROUPS}
    for app in app_list:
        default = (_BY_APP.get(app["app_label"], "系统"), len(_PLACES))
        for model in app["models"]:
            group, place = _PLACES.get(model["object_name"], default)
            placed[group].append((place, model))
    groups = []
    for name, models in placed.items():
        if models:
            models.sort(key=lambda pair: pair[0])
            groups.append(ModelGroup(name, [model for _, model in models]))
    return groups
