"""Fixed voters, notebook, coverage, pairs, opinions; part of the app's own addresses."""

from django.urls import path

from activities.views import coverage, notebook, opinions, pairs, voters

urlpatterns = [
    path("voters/", voters.voters, name="voters"),
    path("voters/board/", voters.voter_board, name="voter_board"),
    path("voters/of/<int:pk>/", voters.voters_of, name="voters_of"),
    path("voters/of/<int:pk>/new/", voters.add_voter, name="add_voter"),
    path("voters/of/<int:pk>/contact/", voters.contact_voters, name="contact_voters"),
    path("voters/<int:pk>/edit/", voters.change_voter, name="change_voter"),
    path("voters/<int:pk>/end/", voters.end_voter, name="end_voter"),
    path("voters/<int:pk>/remove/", voters.remove_voter, name="remove_voter"),
    path("voters/<int:pk>/reveal/", voters.reveal_voter, name="reveal_voter"),
    path("notebook/", notebook.notebook, name="notebook"),
    path("notebook/of/<int:pk>/", notebook.notebook_of, name="notebook_of"),
    path("notebook/of/<int:pk>/booklet.pdf", notebook.notebook_pdf, name="notebook_pdf"),
    path("notebook/<int:pk>/edit/", notebook.change_note, name="change_note"),
    path("notebook/<int:pk>/tick/", notebook.tick_note, name="tick_note"),
    path("notebook/<int:pk>/delete/", notebook.tear_out, name="tear_out"),
    path("coverage/", coverage.coverage, name="coverage"),
    path("coverage/<int:pk>/", coverage.town_coverage, name="town_coverage"),
    path("coverage/channels/", coverage.channels, name="channels"),
    path("coverage/deputies/", coverage.habit_board, name="habit_board"),
    path("coverage/deputies/mine/", coverage.own_habits, name="own_habits"),
    path("coverage/deputies/<int:pk>/", coverage.deputy_habits, name="habits_of"),
    path("committee/", pairs.committee, name="committee"),
    path("pairs/", pairs.pair_board, name="pair_board"),
    path("pairs/new/", pairs.make_pairs, name="make_pairs"),
    path("pairs/mine/", pairs.own, name="own_pairs"),
    path("pairs/log/", pairs.log_contact, name="log_contact"),
    path("pairs/<int:pk>/", pairs.pair, name="pair"),
    path("pairs/<int:pk>/end/", pairs.end_pair, name="end_pair"),
    path("opinions/", opinions.opinion_list, name="opinions"),
    path("opinions/new/", opinions.raise_opinion, name="raise_opinion"),
    path("opinions/<int:pk>/", opinions.opinion, name="opinion"),
    path("opinions/<int:pk>/assign/", opinions.assign_opinion, name="assign_opinion"),
    path("opinions/<int:pk>/answer/", opinions.answer_opinion, name="answer_opinion"),
    path("opinions/<int:pk>/again/", opinions.reopen_opinion, name="reopen_opinion"),
    path("opinions/<int:pk>/close/", opinions.close_opinion, name="close_opinion"),
]
