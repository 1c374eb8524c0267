from django.urls import path

from suggestions import views

app_name = "suggestions"
urlpatterns = [
    path("suggestions/", views.suggestion_list, name="list"),
    path("suggestions/<int:pk>/", views.suggestion_detail, name="detail"),
    path("voices/", views.voice_list, name="voice_list"),
    path("voices/<int:pk>/", views.voice_detail, name="voice_detail"),
]
