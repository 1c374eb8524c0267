from django.urls import path

from congress_portal.public import deed_views, hall_views, survey_views, voice_views, wish_views

urlpatterns = [
    path("s/<str:number>/write/", voice_views.write_station, name="write_station"),
    path("d/<int:pk>/write/", voice_views.write_deputy, name="write_deputy"),
    path("write/", voice_views.write, name="write"),
    path("look-up/", voice_views.look_up, name="look_up"),
    path("v/<str:token>/", voice_views.voice, name="voice"),
    path("v/<str:token>/solved/", voice_views.solved, name="voice_solved"),
    path("v/<str:token>/not-solved/", voice_views.not_solved, name="voice_not_solved"),
    path("v/<str:token>/quiet/", voice_views.be_quiet, name="voice_quiet"),
    path("v/<str:token>/thanks/", wish_views.voice_thanks, name="voice_thanks"),
    path("q/<str:token>/", survey_views.survey, name="survey"),
    path("q/<str:token>/thanks/", survey_views.survey_thanks, name="survey_thanks"),
    path("q/<str:token>/qr.svg", survey_views.survey_qr, name="survey_qr"),
    path("site/surveys/", survey_views.surveys, name="surveys"),
    path("site/surveys/<int:pk>/", survey_views.survey_results, name="survey_results"),
    path("site/halls/", hall_views.halls, name="halls"),
    path("site/deeds/", deed_views.deeds, name="deeds"),
    path("open/deeds.csv", deed_views.deeds_csv, name="deeds_csv"),
    path("site/wishes/", wish_views.wishes, name="wishes"),
    path("site/wishes/new/", wish_views.write_wish, name="write_wish"),
    path("site/wishes/photos/<int:pk>.jpg", wish_views.wish_photo, name="wish_photo"),
    path("v/<str:token>/photos/<int:pk>.jpg", voice_views.voice_photo, name="voice_photo"),
]
