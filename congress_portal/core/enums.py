"""Choices that code depends on; everything the office may edit is a DictionaryEntry."""

from django.db import models


class Level(models.TextChoices):
    """Level of a congress (人大层级)."""

    PROVINCE = "province", "省"
    CITY = "city", "市"
    COUNTY = "county", "县"
    TOWN = "town", "镇"


class RegionLevel(models.TextChoices):
    """Level of a place in the region tree (区划级别)."""

    PROVINCE = "province", "省"
    CITY = "city", "市"
    COUNTY = "county", "县"
    TOWN = "town", "镇"
    SUBDISTRICT = "subdistrict", "街道"
    FARM = "farm", "农场"
    VILLAGE = "village", "村"
    COMMUNITY = "community", "社区"
    GRID = "grid", "网格"
    CELL = "cell", "单元"

    @property
    def prefix_length(self) -> int:
        """How many digits of the code name a place of this level (省2 市4 县6 镇9 村12)."""
        return _PREFIX_LENGTHS[self]


_PREFIX_LENGTHS = {
    RegionLevel.PROVINCE: 2,
    RegionLevel.CITY: 4,
    RegionLevel.COUNTY: 6,
    RegionLevel.TOWN: 9,
    RegionLevel.SUBDISTRICT: 9,
    RegionLevel.FARM: 9,
    RegionLevel.VILLAGE: 12,
    RegionLevel.COMMUNITY: 12,
    RegionLevel.GRID: 15,
    RegionLevel.CELL: 18,
}

TOWN_LEVELS = (RegionLevel.TOWN, RegionLevel.SUBDISTRICT, RegionLevel.FARM)
VILLAGE_LEVELS = (RegionLevel.VILLAGE, RegionLevel.COMMUNITY)


class Role(models.TextChoices):
    STAFF = "staff", "常委会工作人员"
    TOWN_STAFF = "town_staff", "镇街人大工作人员"
    STATION_OFFICER = "station_officer", "家站联络员"
    DEPUTY = "deputy", "人大代表"
    UNIT_OFFICER = "unit_officer", "承办单位人员"
    UNIT_LEADER = "unit_leader", "承办单位负责人"
    LEADER = "leader", "常委会领导"
    INSPECTOR = "inspector", "考评组成员"
    AUDITOR = "auditor", "审计员"
    ADMIN = "admin", "系统管理员"


class Dictionary(models.TextChoices):
    """The dictionaries whose entries the office edits."""

    FIELD = "field", "领域"
    THEME = "theme", "主题活动"
    CHANNEL = "channel", "联系方式"
    ROUTE = "route", "处理方式"
    REPLY_CLASS = "reply_class", "办理结果"
    NEWS_LEVEL = "news_level", "刊用级别"
    UNIT_KIND = "unit_kind", "单位类别"
    EXPERTISE = "expertise", "专长"
    ETHNICITY = "ethnicity", "民族"
    EDUCATION = "education", "文化程度"
    PARTY = "party", "政治面貌"
    SECTOR = "sector", "代表构成"
    CENTRAL_TASK = "central_task", "中心工作"
    TRAINING_KIND = "training_kind", "培训方式"
    COURSE_CATEGORY = "course_category", "学习内容"
    DEED_KIND = "deed_kind", "先进事迹类别"
    HONOUR_LEVEL = "honour_level", "表彰级别"


class Verification(models.TextChoices):
    """Only verified records count (DESIGN §4)."""

    PENDING = "pending", "待核实"
    VERIFIED = "verified", "已核实"
    REFUSED = "refused", "未通过"


class Rating(models.TextChoices):
    SATISFIED = "satisfied", "满意"
    BASICALLY = "basically", "基本满意"
    UNSATISFIED = "unsatisfied", "不满意"


class AuditAction(models.TextChoices):
    CREATE = "create", "新增"
    UPDATE = "update", "修改"
    DELETE = "delete", "删除"
    TRANSITION = "transition", "流转"
    IMPORT = "import", "导入"
    EXPORT = "export", "导出"
    LOGIN = "login", "登录"
    LOGIN_FAILED = "login_failed", "登录失败"
    LOGOUT = "logout", "退出"
    REFUSED = "refused", "拒绝访问"
    UNMASK = "unmask", "查看完整信息"
    PUBLISH = "publish", "发布"


class DeliveryState(models.TextChoices):
    """A notice on its way through a channel outside the portal."""

    WAITING = "waiting", "待送出"
    SENDING = "sending", "正在送"
    SENT = "sent", "已送出"
    NO_ADDRESS = "no_address", "没有地址"
    FAILED = "failed", "送不出"
