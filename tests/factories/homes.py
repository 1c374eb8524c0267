"""Rota, inspection, furnishing of stations; towns and support."""

import datetime as dt
from decimal import Decimal

import factory

from activities.models.support import (
    AreaPairing,
    AreaVisit,
    Budget,
    DutyShare,
    Exchange,
    Expense,
    ExpenseKind,
    OrganRule,
    PartyMeeting,
    PlanItem,
    RuleDocument,
    RuleVersion,
    SessionPaper,
    StaffPost,
    StaffPostKind,
    TownSession,
    WorkPlan,
)
from activities.support_enums import WorkTime
from stations.enums import (
    BookKind,
    CheckState,
    FixtureGroup,
    RectificationStepKind,
    RulePattern,
    StandardKind,
    StandardSubject,
)
from stations.models import (
    Assignment,
    Book,
    CheckEntry,
    Enterprise,
    FeatureFigure,
    FeatureFigureKind,
    FeatureProfile,
    Fixture,
    FixtureKind,
    FixtureNeed,
    InspectionCampaign,
    InspectionSheet,
    Material,
    ModelStation,
    Objection,
    ReceptionNumber,
    Rectification,
    RectificationStep,
    RegionOutline,
    Rota,
    RotaDuty,
    RotaRule,
    RotaSlot,
    ServiceTag,
    SheetLine,
    StandardChoice,
    SwapRequest,
    Team,
    TeamMember,
    ThemedReception,
    TownCheck,
    Unavailability,
    YearGrade,
    YearWeights,
)
from tests.factories.activities import ActivityFactory
from tests.factories.core import CountyFactory, TownFactory, UserFactory
from tests.factories.deputies import DeputyFactory
from tests.factories.stations import (
    StandardFactory,
    StandardItemFactory,
    StationFactory,
    StationTypeFactory,
)

DAY = dt.date(2026, 7, 15)


def _of(model, **fields):
    """A factory whose fields are all here."""
    return factory.make_factory(model, FACTORY_CLASS=factory.django.DjangoModelFactory, **fields)


def _named(words):
    return factory.Sequence(lambda n: f"{words}{n}")


Sub = factory.SubFactory

ServiceTagFactory = _of(ServiceTag, name=_named("服务"))
EnterpriseFactory = _of(Enterprise, name=_named("企业"), region=Sub(TownFactory))
RegionOutlineFactory = _of(
    RegionOutline,
    region=Sub(TownFactory),
    polygons=[[[[110.0, 25.0], [110.1, 25.0], [110.1, 25.1], [110.0, 25.0]]]],
)
FixtureKindFactory = _of(FixtureKind, name=_named("功能室"), group=FixtureGroup.ROOM)
FixtureNeedFactory = _of(FixtureNeed, type=Sub(StationTypeFactory), kind=Sub(FixtureKindFactory))
FixtureFactory = _of(Fixture, station=Sub(StationFactory), kind=Sub(FixtureKindFactory))
FigureKindFactory = _of(FeatureFigureKind, name=_named("数据项"), unit="户")
FeatureProfileFactory = _of(FeatureProfile, station=Sub(StationFactory), title=_named("特色"))
FeatureFigureFactory = _of(
    FeatureFigure,
    profile=Sub(FeatureProfileFactory),
    kind=Sub(FigureKindFactory),
    value=Decimal(35),
    as_of=DAY,
)
ModelStationFactory = _of(
    ModelStation, station=Sub(StationFactory), title="示范代表之家", begins_on=DAY
)
MaterialFactory = _of(
    Material, station=Sub(StationFactory), title=_named("经验"), written_on=DAY, text="做法"
)
StandardChoiceFactory = _of(
    StandardChoice, standard=Sub(StandardFactory), station=Sub(StationFactory)
)
CheckEntryFactory = _of(
    CheckEntry, station=Sub(StationFactory), item=Sub(StandardItemFactory),
    state=CheckState.YES, checked_on=DAY,
)  # fmt: skip
TownStandardFactory = _of(
    StandardFactory._meta.model,
    name=_named("镇街标准"),
    kind=StandardKind.WORKING,
    subject=StandardSubject.TOWN,
)
TownCheckFactory = _of(
    TownCheck,
    region=Sub(TownFactory),
    item=Sub(StandardItemFactory, standard=Sub(TownStandardFactory)),
    state=CheckState.YES,
    checked_on=DAY,
)
BookFactory = _of(Book, code=_named("book"), kind=BookKind.REGISTER, title=_named("簿"))

RotaRuleFactory = _of(
    RotaRule,
    station=Sub(StationFactory),
    pattern=RulePattern.MONTHLY,
    day_of_month=15,
    begins_on=dt.date(2026, 1, 1),
)
RotaFactory = _of(
    Rota,
    region=Sub(TownFactory),
    title=_named("轮值表"),
    first_on=dt.date(2026, 1, 1),
    last_on=dt.date(2026, 12, 31),
)
ThemedReceptionFactory = _of(
    ThemedReception, station=Sub(StationFactory), title="主题大接待", held_on=DAY
)
RotaSlotFactory = _of(
    RotaSlot,
    rota=Sub(RotaFactory),
    station=factory.LazyAttribute(lambda o: StationFactory(region=o.rota.region)),
    held_on=DAY,
    starts_at=dt.time(9),
    ends_at=dt.time(11),
)
RotaDutyFactory = _of(
    RotaDuty,
    slot=Sub(RotaSlotFactory),
    deputy=Sub(DeputyFactory),
    held_on=factory.SelfAttribute("slot.held_on"),
)
UnavailabilityFactory = _of(Unavailability, deputy=Sub(DeputyFactory), first_on=DAY, last_on=DAY)
SwapRequestFactory = _of(SwapRequest, duty=Sub(RotaDutyFactory), asked=Sub(DeputyFactory))
ReceptionNumberFactory = _of(
    ReceptionNumber,
    station=Sub(StationFactory),
    year=2026,
    serial=factory.Sequence(lambda n: n + 1),
)

InspectionStandardFactory = _of(
    StandardFactory._meta.model, name=_named("考评标准"), kind=StandardKind.INSPECTION
)
PointsItemFactory = _of(
    StandardItemFactory._meta.model,
    standard=Sub(InspectionStandardFactory),
    number=factory.Sequence(lambda n: n + 1),
    name=_named("考评项目"),
    points=Decimal(10),
)
InspectionCampaignFactory = _of(
    InspectionCampaign,
    region=Sub(CountyFactory),
    year=2026,
    quarter=3,
    title="2026年第三季度交叉考评",
    standard=Sub(InspectionStandardFactory),
    opens_on=dt.date(2026, 9, 1),
    closes_on=dt.date(2026, 9, 20),
    objections_until=dt.date(2026, 9, 25),
    rectify_by=dt.date(2026, 10, 31),
)
TeamFactory = _of(Team, campaign=Sub(InspectionCampaignFactory), name=_named("第几考评组"))
TeamMemberFactory = _of(TeamMember, team=Sub(TeamFactory), user=Sub(UserFactory))
AssignmentFactory = _of(
    Assignment,
    team=Sub(TeamFactory),
    station=Sub(StationFactory),
    region=factory.SelfAttribute("station.region"),
)
SheetFactory = _of(InspectionSheet, assignment=Sub(AssignmentFactory))
SheetLineFactory = _of(
    SheetLine,
    sheet=Sub(SheetFactory),
    item=Sub(PointsItemFactory),
    name=factory.SelfAttribute("item.name"),
    points=factory.SelfAttribute("item.points"),
)
ObjectionFactory = _of(
    Objection,
    line=Sub(SheetLineFactory),
    sheet=factory.SelfAttribute("line.sheet"),
    words="当天停电，设备完好。",
)
RectificationFactory = _of(
    Rectification,
    station=Sub(StationFactory),
    region=factory.SelfAttribute("station.region"),
    item=Sub(StandardItemFactory),
    words="没有经费安排",
    found_on=DAY,
    due_on=dt.date(2026, 8, 15),
)
RectificationStepFactory = _of(
    RectificationStep,
    finding=Sub(RectificationFactory),
    kind=RectificationStepKind.REPORT,
    on=DAY,
    words="已列入预算",
)
YearWeightsFactory = _of(YearWeights, region=Sub(CountyFactory), year=2026)
YearGradeFactory = _of(YearGrade, name=_named("等次"), least=Decimal(60))

OrganRuleFactory = _of(OrganRule, region=Sub(CountyFactory))
StaffPostKindFactory = _of(StaffPostKind, name=_named("岗位"))
StaffPostFactory = _of(
    StaffPost,
    region=Sub(TownFactory),
    kind=Sub(StaffPostKindFactory),
    name="何主席",
    time=WorkTime.PART,
)
DutyShareFactory = _of(
    DutyShare, post=Sub(StaffPostFactory), year=2026, quarter=3, work=_named("分工"), share=20
)
AreaPairingFactory = _of(
    AreaPairing, leader=_named("副主任"), region=Sub(TownFactory), begins_on=dt.date(2026, 1, 1)
)
AreaVisitFactory = _of(AreaVisit, pairing=Sub(AreaPairingFactory), held_on=DAY, content="看家站")
ExchangeFactory = _of(Exchange, activity=Sub(ActivityFactory))
WorkPlanFactory = _of(WorkPlan, region=Sub(TownFactory), year=2026, title="年度工作计划")
PlanItemFactory = _of(
    PlanItem,
    plan=Sub(WorkPlanFactory),
    number=factory.Sequence(lambda n: n + 1),
    content="开展视察",
)
TownSessionFactory = _of(
    TownSession,
    region=Sub(TownFactory),
    number=7,
    begins_on=DAY,
    ends_on=DAY,
    due=60,
    present=55,
)
SessionPaperFactory = _of(
    SessionPaper, session=Sub(TownSessionFactory), title="工作报告", file="sessions/a.pdf"
)
PartyMeetingFactory = _of(
    PartyMeeting, region=Sub(TownFactory), held_on=DAY, topic="听取人大工作汇报"
)
RuleDocumentFactory = _of(RuleDocument, region=Sub(TownFactory), title=_named("制度"))
RuleVersionFactory = _of(
    RuleVersion,
    document=Sub(RuleDocumentFactory),
    version=1,
    issuer="县人大常委会",
    effective_on=DAY,
    text="正文",
)
ExpenseKindFactory = _of(ExpenseKind, name=_named("支出类别"))
BudgetFactory = _of(
    Budget, region=Sub(TownFactory), year=2026, title=_named("代表活动经费"), amount=Decimal(10000)
)
ExpenseFactory = _of(
    Expense,
    budget=Sub(BudgetFactory),
    kind=Sub(ExpenseKindFactory),
    spent_on=DAY,
    amount=Decimal(300),
    purpose="学习资料",
)
