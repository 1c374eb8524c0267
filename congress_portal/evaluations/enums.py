from django.db import models


class SubjectType(models.TextChoices):
    """Whom a scheme scores (考评办法: 对象)."""

    DEPUTY = "deputy", "代表"
    STATION = "station", "家站"
    UNIT = "unit", "承办单位"
    GROUP = "group", "代表小组"
    TOWN = "town", "镇（街道）"


class Method(models.TextChoices):
    """How a count becomes points (DESIGN §4)."""

    TARGET = "target", "按目标"
    RATIO = "ratio", "按比率"
    FIRST_THEN_EACH = "first_then_each", "首次加次"
    MANUAL = "manual", "人工评分"
    DEDUCTION = "deduction", "扣分"
    ADJUST = "adjust", "人工加减分"
    QUARTERS = "quarters", "按季折算"


class WhenEmpty(models.TextChoices):
    """What a line gives when there is nothing to count."""

    FULL = "full", "满分"
    ZERO = "zero", "零分"
    SKIP = "skip", "不计"


class SheetState(models.TextChoices):
    """The life of a sheet; publication freezes it in the same moment."""

    OPEN = "open", "评分中"
    DRAFT = "draft", "草稿"
    CHECKED = "checked", "已核对"
    DISCLOSED = "disclosed", "公示中"
    DECIDED = "decided", "异议已处理"
    PUBLISHED = "published", "已发布"


# Seen by those who are scored; from here on no score of the sheet is written again.
SHOWN_STATES = (SheetState.DISCLOSED, SheetState.DECIDED, SheetState.PUBLISHED)
# Ratings may still be given by everyone who is asked.
INPUT_STATES = (SheetState.OPEN, SheetState.DRAFT)


class AppealState(models.TextChoices):
    OPEN = "open", "待答复"
    UPHELD = "upheld", "成立"
    REFUSED = "refused", "不成立"
    LAPSED = "lapsed", "逾期维持"


class Silence(models.TextChoices):
    """What holds when the office has not answered an objection in time."""

    BLOCK = "block", "异议没有答复的，结果不能发布"
    KEEP = "keep", "逾期未答复的，维持原结果"


class Rater(models.TextChoices):
    """Who gives a mark; an adjustment is the office's own line with a reason."""

    SELF = "self", "自评"
    GROUP = "group", "小组"
    TOWN = "town", "镇街"
    COUNTY = "county", "县"
    ADJUST = "adjust", "加减分"


class DutySubject(models.TextChoices):
    """Who owes a requirement (履职要求: 对象)."""

    DEPUTY = "deputy", "代表"
    STATION = "station", "家站"
    GROUP = "group", "代表小组"
    TOWN = "town", "镇（街道）"
    MEMBER = "member", "常委会组成人员"


class PeriodKind(models.TextChoices):
    """How long there is time for a requirement."""

    MONTH = "month", "每月"
    QUARTER = "quarter", "每季度"
    HALF = "half", "每半年"
    YEAR = "year", "每年"
    TERM = "term", "每届"


class Bound(models.TextChoices):
    """Which side of the number is asked for; 双联系 2–3 has both."""

    AT_LEAST = "at_least", "不少于"
    AT_MOST = "at_most", "不多于"


class OwedBy(models.TextChoices):
    """Whom of its kind a requirement binds: deputies by mandate, places by level."""

    ALL = "", "全部"
    COUNTY = "county", "县代表"
    TOWN = "town", "镇代表；镇"
    SUBDISTRICT = "subdistrict", "街道"


class ReviewState(models.TextChoices):
    """The life of a year-end review (年底评优); nothing is issued before the publicity is over."""

    NOMINATING = "nominating", "推荐中"
    VOTING = "voting", "投票中"
    PUBLICITY = "publicity", "公示中"
    ISSUED = "issued", "已表彰"
