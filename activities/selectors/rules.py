"""The contact rules of all places, read once for a whole page."""

from activities.models import ContactRule
from congress_portal.core.models import Region


class Rules:
    """One query; ``of`` answers for a town with its own rule, else the county's, else defaults."""

    def __init__(self) -> None:
        rows = ContactRule.objects.select_related("region")
        self._by_code = {rule.region.code: rule for rule in rows}

    def of(self, town: Region) -> ContactRule:
        county = f"{town.code[:6]}000000"
        return self._by_code.get(town.code) or self._by_code.get(county) or ContactRule(region=town)
