from django.db import models


class Sex(models.TextChoices):
    MALE = "male", "男"
    FEMALE = "female", "女"


class BeginKind(models.TextChoices):
    """How a mandate began (选举法 §57 for by-elections)."""

    GENERAL = "general", "换届选举"
    BY_ELECTION = "by_election", "补选"


class EndKind(models.TextChoices):
    """How a mandate ended (代表法 §60–63); never set automatically (DESIGN §5)."""

    TERM = "term", "任期届满"
    RESIGNED = "resigned", "辞职被接受"
    RECALLED = "recalled", "罢免"
    TERMINATED = "terminated", "资格终止"
    DIED = "died", "去世"


class GroupKind(models.TextChoices):
    REGIONAL = "regional", "区域小组"
    PROFESSIONAL = "professional", "专业小组"


class GroupRole(models.TextChoices):
    LEADER = "leader", "组长"
    DEPUTY_LEADER = "deputy_leader", "副组长"
    LIAISON = "liaison", "联络员"
    MEMBER = "member", "成员"


#: Who leads a group (组长、副组长): speaks for it, and rates its members.
LEADING = (GroupRole.LEADER, GroupRole.DEPUTY_LEADER)


class CommitteePost(models.TextChoices):
    """Posts on the standing committee (常委会组成人员)."""

    CHAIR = "chair", "主任"
    VICE_CHAIR = "vice_chair", "副主任"
    OFFICE_HEAD = "office_head", "委室主任"
    MEMBER = "member", "委员"


class ByElectionState(models.TextChoices):
    PREPARING = "preparing", "筹备中"
    ELECTED = "elected", "已选出"
    FAILED = "failed", "没有选出"
    CANCELLED = "cancelled", "已取消"


class Gate(models.TextChoices):
    """The four checks of a candidate (四关)."""

    POLITICS = "politics", "政治关"
    STRUCTURE = "structure", "结构关"
    QUALITY = "quality", "素质关"
    ABILITY = "ability", "能力关"


class ExitState(models.TextChoices):
    CLUE = "clue", "待核实"
    VERIFIED = "verified", "已核实"
    TALKED = "talked", "已约谈提醒"
    STUDIED = "studied", "主任会议已研究"
    ENDED = "ended", "已结束职务"
    CLOSED = "closed", "不予处理"


class ExitAction(models.TextChoices):
    VERIFY = "verify", "核实"
    HEAR = "hear", "听取申辩"
    TALK = "talk", "约谈提醒"
    STUDY = "study", "主任会议研究"
    ADVISE = "advise", "劝辞"
    RESIGN = "resign", "接受辞职"
    RECALL = "recall", "罢免"
    TERMINATE = "terminate", "资格终止"
    CLOSE = "close", "不予处理"


class Ground(models.TextChoices):
    """When a seat ends by law (代表资格终止的法定情形; 代表法 §62)."""

    MOVED = "moved", "迁出或者调离本行政区域"
    ABSENT = "absent", "未经批准两次不出席本级人大会议"
    NATIONALITY = "nationality", "丧失中华人民共和国国籍"
    DEPRIVED = "deprived", "依照法律被剥夺政治权利"
    CAPACITY = "capacity", "丧失行为能力"
