from django.db import models


class CountsAs(models.TextChoices):
    """How an activity of a form is counted (DESIGN §4)."""

    INSPECTION = "inspection", "视察调研执法检查"
    TRAINING = "training", "培训学习"
    OTHER = "other", "其他活动"


class Presence(models.TextChoices):
    PRESENT = "present", "出席"
    LEAVE = "leave", "请假"
    ABSENT = "absent", "缺席"


class ActivityState(models.TextChoices):
    """The life of an activity: 筹备 → 已通知 → 已举行; only what was held can be verified."""

    PLANNED = "planned", "筹备"
    NOTIFIED = "notified", "已通知"
    HELD = "held", "已举行"
    CANCELLED = "cancelled", "已取消"


class Part(models.TextChoices):
    """What a deputy did at an activity."""

    MEMBER = "member", "参加"
    SPEAKER = "speaker", "主讲"
    HOST = "host", "主持"


class Answer(models.TextChoices):
    """An invited deputy's receipt (回执); a leave is excused only when it is granted."""

    WAITING = "waiting", "待回执"
    ACCEPTED = "accepted", "能参加"
    LEAVE_ASKED = "leave_asked", "请假待批"
    LEAVE_GRANTED = "leave_granted", "准假"
    LEAVE_REFUSED = "leave_refused", "未准假"


class ToldBy(models.TextChoices):
    """How an invited deputy was reached (M61: some never open a page)."""

    PORTAL = "portal", "门户消息"
    PHONE = "phone", "电话"
    GROUP = "group", "微信群"
    LETTER = "letter", "书面"


class LeaveReason(models.TextChoices):
    ILL = "ill", "因病"
    WORK = "work", "因公"
    FAMILY = "family", "因事"
    AWAY = "away", "外出"


class JointStep(models.TextChoices):
    """四同: the four steps that the congress takes together with the party committee (M52)."""

    STUDY = "study", "同研究"
    DEPLOY = "deploy", "同部署"
    INSPECT = "inspect", "同检查"
    CARRY_OUT = "carry_out", "同落实"


class CircularKind(models.TextChoices):
    """What the office gives out to deputies to read (M45, M126; 代表法 §43, §46)."""

    APPEAL = "appeal", "倡议书"
    RESOLUTION = "resolution", "决议"
    PLAN = "plan", "工作计划"
    MATERIAL = "material", "知情知政材料"


class FindingKind(models.TextChoices):
    PROBLEM = "problem", "发现问题"
    OPINION = "opinion", "意见建议"
    REVIEW = "review", "审议意见"


class FindingPhase(models.TextChoices):
    """民情反映会 in three phases (M73); other forms find things on the spot."""

    BEFORE = "before", "会前收集"
    DURING = "during", "现场提出"
    AFTER = "after", "会后反馈"


class Recheck(models.TextChoices):
    DONE = "done", "已整改"
    PARTLY = "partly", "部分整改"
    NOT_DONE = "not_done", "未整改"


class InterviewState(models.TextChoices):
    """约见国家机关负责人 (代表法 §29)."""

    ASKED = "asked", "已提出"
    ARRANGED = "arranged", "已安排"
    HELD = "held", "已约见"
    DECLINED = "declined", "未安排"


class BallotState(models.TextChoices):
    """筹备 → 投票中 → 投票结束 → 已计票; nothing is shown of the votes before they have ended."""

    DRAFT = "draft", "筹备"
    OPEN = "open", "投票中"
    CLOSED = "closed", "投票结束"
    COUNTED = "counted", "已计票"


class Comparison(models.TextChoices):
    AT_LEAST = "at_least", "不低于"
    MORE_THAN = "more_than", "超过"


class ShareOf(models.TextChoices):
    """What a result's percentage is taken of; local rules differ (RULES C4)."""

    VOTES = "votes", "收回的有效票"
    PRESENT = "present", "到会人数"


class Audience(models.TextChoices):
    """For whom a training or a course is meant (M99)."""

    ALL = "all", "全体代表"
    FIRST_TERM = "first_term", "新任代表"
    SECTOR = "sector", "某一界别"
    TOWN = "town", "某一镇街"
    GROUP = "group", "某一小组"


class PostState(models.TextChoices):
    WAITING = "waiting", "待审核"
    PUBLISHED = "published", "已发布"
    REFUSED = "refused", "未通过"


class RequestKind(models.TextChoices):
    """错、重、漏: what a deputy may say of the own record."""

    WRONG = "wrong", "记错了"
    DOUBLE = "double", "记重了"
    MISSING = "missing", "漏记了"


class RequestState(models.TextChoices):
    OPEN = "open", "待处理"
    ACCEPTED = "accepted", "已更正"
    REFUSED = "refused", "不予更正"


class SupportKind(models.TextChoices):
    """履职保障台账 (M121): what was given so that a deputy could serve."""

    LETTER = "letter", "出席活动通知函"
    SUBSIDY = "subsidy", "误工补贴"
    MATERIAL = "material", "资料物品"
    HELP = "help", "协调帮助"


class OpinionState(models.TextChoices):
    OPEN = "open", "待答复"
    ANSWERED = "answered", "已答复"
    CLOSED = "closed", "已办结"


class SheetKind(models.TextChoices):
    """What a paper form is made into when staff enter it (M119)."""

    VISIT = "visit", "联系走访"
    ACTIVITY = "activity", "参加活动"
    VOICE = "voice", "民情记录"
