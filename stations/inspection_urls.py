from django.urls import path, re_path

from stations.views import campaigns, findings, sheets, teams, years

app_name = "inspection"
urlpatterns = [
    path("", campaigns.campaign_list, name="list"),
    path("new/", campaigns.campaign_new, name="new"),
    path("<int:pk>/", campaigns.campaign, name="campaign"),
    path("<int:pk>/edit/", campaigns.campaign_edit, name="edit"),
    path("<int:pk>/discard/", campaigns.discard, name="discard"),
    path("<int:pk>/propose/", teams.propose, name="propose"),
    path("<int:pk>/teams/new/", teams.new_team, name="new_team"),
    path("<int:pk>/results/", campaigns.results, name="results"),
    path("<int:pk>/<slug:step>/confirm/", campaigns.campaign_step, name="step"),
    re_path(r"^(?P<pk>\d+)/bulletin\.(?P<kind>pdf|docx)$", campaigns.bulletin, name="bulletin"),
    path("teams/<int:pk>/", teams.team, name="team"),
    path("teams/<int:pk>/remove/", teams.remove_team, name="remove_team"),
    path("members/<int:pk>/remove/", teams.remove_member, name="remove_member"),
    path("assignments/<int:pk>/remove/", teams.remove_assignment, name="remove_assignment"),
    path("sheets/<int:pk>/", sheets.sheet, name="sheet"),
    path("sheets/<int:pk>/score/", sheets.score, name="score"),
    path("sheets/<int:pk>/return/", sheets.give_back, name="give_back"),
    path("sheets/<int:pk>/object/", sheets.raise_objection, name="object"),
    path("offline.js", sheets.offline_script, name="offline"),
    path("lines/<int:pk>/photo/", sheets.line_photo, name="line_photo"),
    path("objections/<int:pk>/", sheets.objection, name="objection"),
    path("findings/", findings.finding_list, name="findings"),
    path("findings/new/", findings.finding_new, name="new_finding"),
    path("findings/<int:pk>/", findings.finding, name="finding"),
    path("findings/<int:pk>/<slug:step>/", findings.finding_step, name="finding_step"),
    path("findings/steps/<int:pk>/photo/", findings.step_photo, name="step_photo"),
    path("years/<int:year>/", years.year, name="year"),
    path("years/<int:year>/export/", years.export, name="export"),
]
