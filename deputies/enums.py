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
