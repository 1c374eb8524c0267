"""Books whose records stations keep themselves: the roll, duties, what is made public."""

import datetime as dt
from typing import Any

from django.db.models import DateField, QuerySet, Value
from django.db.models.functions import Coalesce, Least
from django.urls import reverse

from congress_portal.core.enums import Verification
from congress_portal.core.periods import quarter_of
from stations.bookkeeping import UNDATED, Holder, Source, Span, day_text, define, feed
from stations.enums import RotaState
from stations.models import Posting, ReceptionDuty, RotaSlot

define(
    "deputies", "代表名册",
    (("name", "姓名", 14), ("sex", "性别", 8), ("town", "镇（街道）", 18),
     ("employer", "工作单位及职务", 42), ("since", "进站日期", 18)),
    span=Span.EVER, feed="在家站台账里登记进站代表",
)  # fmt: skip
define(
    "duty_files", "代表履职档案",
    (("held_on", "日期", 16), ("deputy", "代表", 14), ("kind", "履职", 18),
     ("matter", "内容", 52)),
    span=Span.YEAR, feed="记下代表的活动、走访、接待和述职",
)  # fmt: skip
define(
    "public_deputies", "公开代表信息",
    (("name", "姓名", 30), ("town", "镇（街道）", 35), ("since", "进站日期", 35)),
    span=Span.EVER, feed="在家站台账里登记进站代表",
)  # fmt: skip
define(
    "public_rota", "公开接待时间",
    (("held_on", "接待日", 30), ("hours", "时间", 35), ("place", "轮值表", 35)),
    feed="发布接待选民轮值表",
)  # fmt: skip


def _postings(until: dt.date) -> QuerySet[Any]:
    undated = Value(UNDATED, output_field=DateField())
    rows = Posting.objects.on(until).select_related("deputy__town", "station")
    return rows.annotate(entry_day=Coalesce("begins_on", undated))


def _deputy_address(posting: Posting) -> str:
    return reverse("deputies:detail", args=[posting.deputy_id])


def _since(posting: Posting) -> str:
    return day_text(posting.begins_on)


def _duties(until: dt.date) -> QuerySet[Any]:
    verified = {"reception__verification": Verification.VERIFIED, "reception__held_on__lte": until}
    return ReceptionDuty.objects.filter(**verified).select_related("deputy", "reception__station")


def _slots(until: dt.date) -> QuerySet[Any]:
    """Days of released rotas; one to come in the running quarter is public from today on."""
    rows = RotaSlot.objects.filter(rota__state=RotaState.RELEASED, cancelled_reason="")
    rows = rows.filter(held_on__lte=quarter_of(until).last).select_related("rota")
    day = Value(until, output_field=DateField())
    return rows.annotate(entry_day=Least("held_on", day))


feed(
    "deputies",
    Source(
        _postings, "entry_day", Holder.STATION, "station",
        lambda p: (p.deputy.name, p.deputy.get_sex_display(), p.deputy.town.name,
                   p.deputy.employer, _since(p)),
        _deputy_address,
    ),
)  # fmt: skip
feed(
    "duty_files",
    Source(
        _duties, "reception__held_on", Holder.DEPUTY, "deputy",
        lambda d: (day_text(d.reception.held_on), d.deputy.name, "接待选民",
                   d.reception.station.name),
        lambda d: reverse("stations:reception_detail", args=[d.reception_id]),
    ),
)  # fmt: skip
feed(
    "public_deputies",
    Source(
        _postings, "entry_day", Holder.STATION, "station",
        lambda p: (p.deputy.name, p.deputy.town.name, _since(p)), _deputy_address,
    ),
)  # fmt: skip
feed(
    "public_rota",
    Source(
        _slots, "entry_day", Holder.STATION, "station",
        lambda s: (day_text(s.held_on), f"{s.starts_at:%H:%M}至{s.ends_at:%H:%M}", s.rota.title),
        lambda s: reverse("stations:rota_day", args=[s.pk]),
    ),
)  # fmt: skip
