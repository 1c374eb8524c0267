from django.db import models


class CheckState(models.TextChoices):
    """State of one checklist item; only YES counts as present."""

    YES = "yes", "有"
    PARTIAL = "partial", "部分"
    NO = "no", "无"


class StandardKind(models.TextChoices):
    """Of facilities and books a place is held to the closest standard only; of the rest to all.

    INSPECTION is what a campaign marks with points; nobody ticks it as a checklist.
    """

    FACILITIES = "facilities", "阵地设施"
    BOOKS = "books", "簿册档案"
    DISPLAY = "display", "展示公开"
    WORKING = "working", "规范运行"
    INSPECTION = "inspection", "考评项目"


class StandardSubject(models.TextChoices):
    STATION = "station", "家站"
    TOWN = "town", "镇（街道）"


class BookKind(models.TextChoices):
    """The four kinds of 一册一记八簿六档案."""

    ROLL = "roll", "册"
    CHRONICLE = "chronicle", "记"
    REGISTER = "register", "簿"
    FILE = "file", "档案"


class OfficerKind(models.TextChoices):
    HEAD = "head", "站长"
    LIAISON = "liaison", "联络员"


class FixtureGroup(models.TextChoices):
    ROOM = "room", "功能室"
    EQUIPMENT = "equipment", "设备"


class Condition(models.TextChoices):
    GOOD = "good", "完好"
    WORN = "worn", "需维修"
    UNUSABLE = "unusable", "不能使用"


class RulePattern(models.TextChoices):
    """How a rota rule finds its days."""

    MONTHLY = "monthly", "每月固定日期"
    NTH_WEEKDAY = "nth_weekday", "每月第几个星期几"
    WEEKLY = "weekly", "每隔几周的星期几"
    CYCLE = "cycle", "圩日（每隔几天）"


class MonthPattern(models.TextChoices):
    EVERY = "every", "每个月"
    ODD = "odd", "单月"
    EVEN = "even", "双月"
    QUARTER = "quarter", "每季度末月"


class Weekday(models.IntegerChoices):
    """As Python's ``date.weekday()``."""

    MONDAY = 0, "星期一"
    TUESDAY = 1, "星期二"
    WEDNESDAY = 2, "星期三"
    THURSDAY = 3, "星期四"
    FRIDAY = 4, "星期五"
    SATURDAY = 5, "星期六"
    SUNDAY = 6, "星期日"


class HolidayShift(models.TextChoices):
    """What becomes of a day on which nobody works."""

    NEXT = "next", "顺延到下一个工作日"
    PREVIOUS = "previous", "提前到上一个工作日"
    SKIP = "skip", "取消这一次"
    KEEP = "keep", "照常（圩日、周末也接待）"


class RotaState(models.TextChoices):
    DRAFT = "draft", "草稿"
    RELEASED = "released", "已发布"


class DutyState(models.TextChoices):
    """SWAPPED: somebody else came to stand for this duty; it counts for nobody any more."""

    PLANNED = "planned", "已安排"
    CONFIRMED = "confirmed", "本人已确认"
    SWAPPED = "swapped", "已换班"
    CAME = "came", "到岗"
    ABSENT = "absent", "未到"


class SwapState(models.TextChoices):
    ASKED = "asked", "等对方答复"
    AGREED = "agreed", "对方同意，已换班"
    DECLINED = "declined", "对方不同意"
    WITHDRAWN = "withdrawn", "已撤回"


class CampaignKind(models.TextChoices):
    QUARTER = "quarter", "季度交叉考评"
    YEAR_END = "year_end", "年终检查"


class InspectionCampaignState(models.TextChoices):
    DRAFT = "draft", "准备中"
    RUNNING = "running", "考评中"
    OBJECTIONS = "objections", "公示异议中"
    LOCKED = "locked", "已锁定"


class SheetState(models.TextChoices):
    DRAFT = "draft", "打分中"
    SUBMITTED = "submitted", "已提交"
    LOCKED = "locked", "已锁定"


class ObjectionState(models.TextChoices):
    RAISED = "raised", "待答复"
    UPHELD = "upheld", "异议成立，已改分"
    REFUSED = "refused", "异议不成立"


class RectificationState(models.TextChoices):
    OPEN = "open", "整改中"
    REPORTED = "reported", "已报整改，待复查"
    CLOSED = "closed", "复查合格，已销号"


class RectificationStepKind(models.TextChoices):
    REPORT = "report", "报整改情况"
    PASSED = "passed", "复查合格"
    FAILED = "failed", "复查不合格，继续整改"
    EXTENDED = "extended", "延长期限"
