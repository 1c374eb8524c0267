from django.db import models

# Dictionaries whose entries a suggestion can be tagged with: 十大工程、八大行动 and themes (M51).
TASK_DICTIONARIES = ("central_task", "theme")


class VoiceSource(models.TextChoices):
    """Where a voice was heard; every source is one chain (DESIGN §1)."""

    RECEPTION = "reception", "接待选民"
    VISIT = "visit", "联系走访"
    ACTIVITY = "activity", "活动发现"
    WEB = "web", "扫码留言"
    PHOTO = "photo", "随手拍"
    WISH = "wish", "微心愿"
    MAILBOX = "mailbox", "意见信箱"
    HALL = "hall", "议事厅"
    ENTERPRISE = "enterprise", "企业诉求"
    SURVEY = "survey", "问卷"
    PAPER = "paper", "纸质来件"


class Speaker(models.TextChoices):
    """Whose view was heard in a people's hall."""

    DEPUTY = "deputy", "代表"
    VOTER = "voter", "选民"
    UNIT = "unit", "单位"


class SurveyState(models.TextChoices):
    """草拟 → 调查中 → 已截止; the questions are fixed when it opens."""

    DRAFT = "draft", "草拟"
    OPEN = "open", "调查中"
    CLOSED = "closed", "已截止"


class QuestionKind(models.TextChoices):
    SINGLE = "single", "单选"
    SEVERAL = "several", "多选"
    SCALE = "scale", "打分"
    WORDS = "words", "问答"


class SurveyMethod(models.TextChoices):
    PAPER = "paper", "纸质问卷"
    WEB = "web", "网上填写"
    INTERVIEW = "interview", "访谈"
    MEETING = "meeting", "座谈"


class DeedSource(models.TextChoices):
    """Where a thing done for people came from (办实事, M132)."""

    VOICE = "voice", "群众意见"
    WISH = "wish", "微心愿"
    SUGGESTION = "suggestion", "代表建议"
    PROJECT = "project", "民生项目"
    SELF = "self", "自行办理"


class WishState(models.TextChoices):
    """Where a small wish stands (微心愿, M79). «Late» is a date test, never a state."""

    WAITING = "waiting", "待公布"
    OPEN = "open", "等人认领"
    CLAIMED = "claimed", "已认领"
    FULFILLED = "fulfilled", "已实现"
    DECLINED = "declined", "不作微心愿"


class VoiceState(models.TextChoices):
    """Where a voice stands. «Overdue» is a date test, never a state."""

    LOGGED = "logged", "已登记"
    ACCEPTED = "accepted", "已受理"
    CONSULTING = "consulting", "现场会商"
    WITH_UNITS = "with_units", "交单位办理"
    TURNED = "turned", "已转为建议"
    GUIDED = "guided", "已引导其他渠道"
    MERGED = "merged", "已合并"
    ANSWERED = "answered", "已答复"
    CLOSED = "closed", "已办结"
    REDO = "redo", "重新办理"


class VoiceParty(models.TextChoices):
    """Who acts, seen from one voice. A deputy forwards and comments, no more (代表法 31)."""

    OFFICE = "office", "家站或人大工作人员"
    UNIT = "unit", "承办单位"
    DEPUTY = "deputy", "代表"
    VOTER = "voter", "选民"
    SYSTEM = "system", "系统"


class Kind(models.TextChoices):
    SUGGESTION = "suggestion", "建议"
    MOTION = "motion", "议案"


class Share(models.TextChoices):
    """A unit's part in handling: exactly one lead unit, any assisting ones."""

    LEAD = "lead", "主办"
    ASSIST = "assist", "会办"


class Session(models.TextChoices):
    """When it was put forward (代表法 §24, §36)."""

    PLENARY = "plenary", "大会期间"
    INTERVAL = "interval", "闭会期间"


class State(models.TextChoices):
    """Where a suggestion stands. «Overdue» is a date test, never a state."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "退回修改"
    REFUSED = "refused", "不予受理"
    WITHDRAWN = "withdrawn", "已撤回"
    MERGED = "merged", "已并案"
    ACCEPTED = "accepted", "待交办"
    AT_GOVERNMENT = "at_government", "政府办转办中"
    HANDLING = "handling", "办理中"
    ANSWERED = "answered", "已答复待评价"
    REDO = "redo", "重新办理"
    TRACKING = "tracking", "承诺跟踪"
    CLOSED = "closed", "办结"


# Not put forward (yet): no number, no day of submission.
UNSUBMITTED = frozenset({State.DRAFT, State.RETURNED})
# Not (yet) accepted by the office: no number.
UNNUMBERED = frozenset({State.DRAFT, State.RETURNED, State.SUBMITTED, State.REFUSED})
# In the units' hands, or through them.
HANDED_OVER = frozenset({State.HANDLING, State.ANSWERED, State.REDO, State.TRACKING, State.CLOSED})
OPEN_WITH_UNITS = frozenset({State.HANDLING, State.REDO})
NOT_COUNTED = frozenset({*UNSUBMITTED, State.REFUSED, State.WITHDRAWN})


class HandlingState(models.TextChoices):
    """Where one unit's part stands."""

    PENDING = "pending", "待签收"
    UNDERWAY = "underway", "办理中"
    RETURN_ASKED = "return_asked", "申请退办"
    RETURNED = "returned", "已退办"
    REPLY_PENDING = "reply_pending", "答复待审批"
    ANSWERED = "answered", "已答复"
    RELEASED = "released", "已撤销交办"


NOT_IN_HAND = frozenset({HandlingState.RETURNED, HandlingState.RELEASED})
OPEN_HANDLING = frozenset(HandlingState) - NOT_IN_HAND - {HandlingState.ANSWERED}


class Party(models.TextChoices):
    """Who acts, seen from one suggestion (and, for units, from one part of its handling)."""

    LEAD = "lead", "领衔代表"
    PROPOSER = "proposer", "提出建议的代表"
    OFFICE = "office", "人大机关"
    GOVERNMENT = "government", "政府办"
    UNIT = "unit", "承办单位经办人"
    UNIT_LEADER = "unit_leader", "承办单位负责人"
    GROUP = "group", "专业代表小组"
    LEADING = "leading", "领衔督办领导"
    SYSTEM = "system", "系统"


class CoSignerState(models.TextChoices):
    INVITED = "invited", "待确认"
    CONFIRMED = "confirmed", "已附议"
    DECLINED = "declined", "不附议"


class ReplyTo(models.TextChoices):
    """Whom a reply goes to (RULES C2: each co-signer, or the lead deputy by agreement)."""

    EACH = "each", "领衔和每位附议代表"
    LEAD = "lead", "领衔代表"


class CallKind(models.TextChoices):
    SUGGESTIONS = "suggestions", "议案建议征集"
    TOPICS = "topics", "监督议题征集"


class TopicState(models.TextChoices):
    RECEIVED = "received", "已收到"
    MERGED = "merged", "已合并"
    ADOPTED = "adopted", "已采纳"
    DROPPED = "dropped", "未采纳"


class ReviewKind(models.TextChoices):
    REFUSAL = "refusal", "不予受理情形"
    QUALITY = "quality", "质量要求"


class DraftState(models.TextChoices):
    """A reply on its way through the unit."""

    PENDING = "pending", "待审批"
    SENT_BACK = "sent_back", "退回重拟"
    APPROVED = "approved", "已签发"


class Decision(models.TextChoices):
    PENDING = "pending", "待决定"
    GRANTED = "granted", "同意"
    DENIED = "denied", "不同意"


class ContactForm(models.TextChoices):
    MEETING = "meeting", "面商"
    PHONE = "phone", "电话"
    WECHAT = "wechat", "微信"
    SITE = "site", "现场"
    SYMPOSIUM = "symposium", "座谈会"
    LETTER = "letter", "书信"


class PromiseState(models.TextChoices):
    OPEN = "open", "跟踪中"
    DONE = "done", "已兑现"
    RECLASSIFIED = "reclassified", "重新分类"


class Finding(models.TextChoices):
    """What a look-back (回头看) found."""

    SOLVED = "solved", "已解决"
    PARTLY = "partly", "部分解决"
    UNSOLVED = "unsolved", "未解决"


class SupervisionForm(models.TextChoices):
    """The «组合拳» of supervision (MISSION M92)."""

    MEETING = "meeting", "督办会"
    ON_SITE_REVIEW = "on_site_review", "现场点评"
    DEPUTY_REVIEW = "deputy_review", "代表评议"
    SITE_VISIT = "site_visit", "现场视察"
    FACE_TO_FACE = "face_to_face", "面对面沟通"


class NominationState(models.TextChoices):
    PENDING = "pending", "已推荐"
    HONOURED = "honoured", "评为优秀"
    DECLINED = "declined", "未评上"


class AttachmentKind(models.TextChoices):
    DRAFT = "draft", "建议附件"
    SCAN = "scan", "纸质原件"
    REPLY = "reply", "答复函签发稿"
    CONTACT = "contact", "沟通材料"
    SUPERVISION = "supervision", "督办材料"
    INTERNAL = "internal", "内部材料"


class ClockKind(models.TextChoices):
    SIGN = "sign", "签收"
    RETURN = "return", "退办"
    REPLY = "reply", "答复"
    OPINION = "opinion", "会办意见"
    REDO = "redo", "重新答复"
    HAND_OVER = "hand_over", "交办"
    APPRAISAL = "appraisal", "代表评价"
    PROMISE = "promise", "承诺进展"


class Light(models.TextChoices):
    """Traffic light of a clock; always shown with its word."""

    GREEN = "green", "期限内"
    YELLOW = "yellow", "临近期限"
    RED = "red", "已逾期"
    GREY = "grey", "暂停计时"
    DONE = "done", "已完成"
    UNKNOWN = "unknown", "日历缺失"


class ReminderStage(models.TextChoices):
    BEFORE = "before", "到期前"
    TODAY = "today", "到期当日"
    AFTER = "after", "逾期"


class IntakeSource(models.TextChoices):
    MAIL = "mail", "电子邮件"
    FORM = "form", "网上填写"


class IntakeState(models.TextChoices):
    """A letter to the open mailbox (M98)."""

    RECEIVED = "received", "待处理"
    DRAFTED = "drafted", "写成建议草稿"
    VOICE = "voice", "转为群众意见"
    SET_ASIDE = "set_aside", "不转办"


class LetterKind(models.TextChoices):
    """Main replies and assisting opinions are numbered apart (RULES D2)."""

    REPLY = "reply", "答复函"
    OPINION = "opinion", "会办意见"


class LetterPart(models.TextChoices):
    """Wordings of papers that the office edits."""

    REPLY_OPENING = "reply_opening", "答复函：开头"
    REPLY_AGAIN = "reply_again", "答复函：再次答复的开头"
    REPLY_CLOSING = "reply_closing", "答复函：结尾"
    REPLY_COPIES = "reply_copies", "答复函：抄送"
    OPINION_OPENING = "opinion_opening", "会办意见：开头"
    OPINION_CLOSING = "opinion_closing", "会办意见：结尾"
    SHEET_REMARK = "sheet_remark", "征询意见表：说明"
    FORM_REMARK = "form_remark", "建议表：说明"
    MOTION_REMARK = "motion_remark", "议案表：说明"
    HAND_OVER_OPENING = "hand_over_opening", "交办清单：开头"
    HAND_OVER_DEMANDS = "hand_over_demands", "交办清单：办理要求"
    SUPERVISION_DEMANDS = "supervision_demands", "督办通知：要求"
    YEAR_NEXT = "year_next", "年度报告：下一步"


class VoicePhotoKind(models.TextChoices):
    REPORTED = "reported", "反映时"
    BEFORE = "before", "办理前"
    AFTER = "after", "办理后"


class ToldBy(models.TextChoices):
    """How a voter wishes to hear of each step; the codes are those of ``core.channels``."""

    SMS = "sms", "短信"
    EMAIL = "email", "电子邮件"


class Knock(models.TextChoices):
    """What an address did at the public door; counted to slow down machines."""

    POST = "post", "留言"
    SURVEY = "survey", "答问卷"
    LOOK_UP = "look_up", "查询"
    REPORT = "report", "举报"
