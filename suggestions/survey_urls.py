from django.urls import path, re_path

from suggestions.views import surveys

urlpatterns = [
    path("", surveys.surveys, name="surveys"),
    path("new/", surveys.write_survey, name="new_survey"),
    path("<int:pk>/", surveys.survey, name="survey"),
    re_path(
        r"^(?P<pk>\d+)/do/(?P<action>open|closed|show|hide|discard)/$",
        surveys.survey_step, name="survey_step",
    ),
    path("<int:pk>/change/", surveys.write_survey, name="change_survey"),
    path("<int:pk>/responses/", surveys.survey_responses, name="survey_responses"),
    path("responses/<int:pk>/discard/", surveys.discard_response, name="discard_response"),
    path("<int:pk>/sheets/", surveys.survey_sheets, name="survey_sheets"),
    path("<int:pk>/results.xlsx", surveys.survey_excel, name="survey_excel"),
    path("<int:pk>/sheet.pdf", surveys.survey_blank, name="survey_blank"),
    path("<int:pk>/results.pdf", surveys.survey_pdf, name="survey_pdf"),
    path("answers/<int:pk>/problem/", surveys.survey_problem, name="survey_problem"),
]  # fmt: skip
