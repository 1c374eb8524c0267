"""Addresses of supervision: findings, inquiries, 民情反映会, ballots, interviews, projects."""

from django.urls import path

from activities.views import (
    ballots,
    findings,
    interviews,
    opinion_meetings,
    projects,
    questions,
)
from congress_portal.core import converters  # noqa: F401 - registers file_kind

urlpatterns = [
    path("findings/", findings.finding_list, name="findings"),
    path("findings/<int:pk>/", findings.finding, name="finding"),
    path("findings/<int:pk>/<slug:action>/", findings.finding_step, name="finding_step"),
    path("activities/<int:pk>/findings/new/", findings.add_findings, name="add_findings"),
    path("activities/<int:pk>/questions/", questions.question_list, name="questions"),
    path("activities/<int:pk>/questions/new/", questions.add_questions, name="add_questions"),
    path(
        "activities/<int:pk>/questions.<file_kind:kind>",
        questions.question_paper,
        name="question_paper",
    ),
    path("questions/<int:pk>/<slug:action>/", questions.question_step, name="question_step"),
    path("opinion-meetings/", opinion_meetings.duty_board, name="opinion_meetings"),
    path("activities/<int:pk>/opinions/", opinion_meetings.opinion_meeting, name="opinion_meeting"),
    path("activities/<int:pk>/opinions/new/", opinion_meetings.hand_in, name="hand_in"),
    path(
        "activities/<int:pk>/opinions.<file_kind:kind>",
        opinion_meetings.feedback_paper,
        name="feedback_paper",
    ),
    path("ballots/", ballots.ballot_list, name="ballots"),
    path("ballots/new/", ballots.write_ballot, name="new_ballot"),
    path("ballots/<int:pk>/", ballots.ballot, name="ballot"),
    path("ballots/<int:pk>/edit/", ballots.write_ballot, name="edit_ballot"),
    path("ballots/<int:pk>/vote/", ballots.vote, name="vote"),
    path("ballots/<int:pk>/papers/", ballots.paper_votes, name="ballot_papers"),
    path("ballots/<int:pk>/to-paper/", ballots.paper_voter, name="ballot_to_paper"),
    path("ballots/<int:pk>/do/<slug:action>/", ballots.ballot_step, name="ballot_step"),
    path("ballots/<int:pk>/paper.<file_kind:kind>", ballots.ballot_paper, name="ballot_paper"),
    path("ballots/<int:pk>/result.<file_kind:kind>", ballots.ballot_result, name="ballot_result"),
    path("interviews/", interviews.interview_list, name="interviews"),
    path("interviews/new/", interviews.ask, name="ask_interview"),
    path("interviews/<int:pk>/", interviews.interview, name="interview"),
    path("interviews/<int:pk>/edit/", interviews.change, name="edit_interview"),
    path("interviews/<int:pk>/<slug:action>/", interviews.step, name="interview_step"),
    path("projects/", projects.project_list, name="projects"),
    path("projects/new/", projects.write_project, name="new_project"),
    path("projects/<int:pk>/", projects.project, name="project"),
    path("projects/<int:pk>/edit/", projects.write_project, name="edit_project"),
    path("projects/<int:pk>/inspections/new/", projects.log_inspection, name="log_inspection"),
    path("projects/<int:pk>/inspections/link/", projects.link_activity, name="link_inspection"),
]
