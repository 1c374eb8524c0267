"""The two scope rules that most records of this floor share."""

from django.db.models import Q

from activities.models.activity import Activity
from congress_portal.core.models.record import RecordQuerySet
from congress_portal.core.scope import Scope, ScopedQuerySet


class OfActivityQuerySet(ScopedQuerySet):
    """What hangs on an activity is read and written with it."""

    activity_path = "activity"

    def read_rule(self, scope: Scope) -> Q:
        rule = Activity.objects.all().read_rule(scope)
        return Q(**{f"{self.activity_path}__in": Activity.objects.filter(rule)})

    def write_rule(self, scope: Scope) -> Q:
        rule = Activity.objects.all().write_rule(scope)
        return Q(**{f"{self.activity_path}__in": Activity.objects.filter(rule)})


class OfDeputyQuerySet(ScopedQuerySet):
    """A deputy's own things: read and kept by the deputy, read by the staff of the home town."""

    region_path = "deputy__town"

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads(self.region_path)
        return rule | Q(deputy__user=scope.deputy_user_id) if scope.deputy_user_id else rule

    def write_rule(self, scope: Scope) -> Q:
        rule = scope.writes(self.region_path)
        return rule | Q(deputy__user=scope.deputy_user_id) if scope.deputy_user_id else rule


class DeputyRecordQuerySet(RecordQuerySet):
    """A deputy's record of duty: the deputy may mend it until it is verified."""

    region_path = "deputy__town"

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads(self.region_path)
        return rule | Q(deputy__user=scope.deputy_user_id) if scope.deputy_user_id else rule

    def write_rule(self, scope: Scope) -> Q:
        rule = scope.writes(self.region_path)
        if scope.deputy_user_id:
            rule |= Q(deputy__user=scope.deputy_user_id) & ~Q(verification="verified")
        return rule
