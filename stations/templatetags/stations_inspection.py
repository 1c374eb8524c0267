"""Rows of a campaign's page by team, and their sheets."""

from collections.abc import Mapping, Sequence

from django import template

from stations.models import Assignment, InspectionSheet

register = template.Library()


@register.simple_tag
def of_team(assignments: Sequence[Assignment], team: int) -> list[Assignment]:
    return [row for row in assignments if row.team_id == team]


@register.simple_tag
def sheet_of(sheets: Mapping[int, InspectionSheet], assignment: int) -> InspectionSheet | None:
    return sheets.get(assignment)
