from activities.models import support as support  # towns and support, apart
from activities.models.activity import Activity, ActivityForm, Attendance
from activities.models.ballot import (
    Ballot,
    BallotCount,
    BallotItem,
    BallotMark,
    BallotOption,
    BallotPaper,
    BallotScale,
    BallotVoter,
    ResultRule,
)
from activities.models.campaign import (
    Campaign,
    CampaignStep,
    CampaignTask,
    Circular,
    CircularReceipt,
    Tag,
    TagAxis,
)
from activities.models.contact import Visit
from activities.models.credit import ExchangePost, GoodDeed, Honour
from activities.models.dialogue import CorrectionRequest, MemberContact, WorkOpinion
from activities.models.invitation import (
    ActivityFile,
    CalendarFeed,
    Invitation,
    SupportItem,
)
from activities.models.learning import (
    Course,
    CourseCompletion,
    CourseFile,
    QuizQuestion,
    TrainingPlan,
    TrainingSession,
)
from activities.models.report import DutyReport, NewsItem, ReportMeeting, VoterQuestion
from activities.models.sheet import EntrySheet
from activities.models.supervision import Finding, Interview, Project, Question
from activities.models.voters import ContactRule, FixedVoter, NotebookEntry

__all__ = [
    "Activity",
    "ActivityFile",
    "ActivityForm",
    "Attendance",
    "Ballot",
    "BallotCount",
    "BallotItem",
    "BallotMark",
    "BallotOption",
    "BallotPaper",
    "BallotScale",
    "BallotVoter",
    "CalendarFeed",
    "Campaign",
    "CampaignStep",
    "CampaignTask",
    "Circular",
    "CircularReceipt",
    "ContactRule",
    "CorrectionRequest",
    "Course",
    "CourseCompletion",
    "CourseFile",
    "DutyReport",
    "EntrySheet",
    "ExchangePost",
    "Finding",
    "FixedVoter",
    "GoodDeed",
    "Honour",
    "Interview",
    "Invitation",
    "MemberContact",
    "NewsItem",
    "NotebookEntry",
    "Project",
    "Question",
    "QuizQuestion",
    "ReportMeeting",
    "ResultRule",
    "SupportItem",
    "Tag",
    "TagAxis",
    "TrainingPlan",
    "TrainingSession",
    "Visit",
    "VoterQuestion",
    "WorkOpinion",
]
