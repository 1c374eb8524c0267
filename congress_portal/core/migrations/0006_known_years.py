from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

LEAST_REST_DAYS = 7


def mark_years(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Years that were laid down before there was a mark for it; a few single days are no year."""
    found: dict[int, int] = {}
    days = apps.get_model("core", "CalendarDay").objects.filter(is_workday=False)
    for date in days.values_list("date", flat=True):
        found[date.year] = found.get(date.year, 0) + (date.weekday() < 5)
    years = apps.get_model("core", "CalendarYear").objects
    for year in sorted(found):
        if found[year] >= LEAST_REST_DAYS:
            years.get_or_create(year=year)


class Migration(migrations.Migration):
    dependencies = [("core", "0005_calendar_year")]

    operations = [
        # nothing to take back: the table goes with the migration before
        migrations.RunPython(mark_years, migrations.RunPython.noop),
    ]
