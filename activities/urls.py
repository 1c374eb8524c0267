from django.urls import path

from activities.views import entries

app_name = "activities"
urlpatterns = [
    path("activities/", entries.activity_list, name="list"),
    path("activities/new/", entries.log_activity, name="log_activity"),
    path("activities/<int:pk>/", entries.activity_detail, name="detail"),
    path("activities/<int:pk>/edit/", entries.change_activity, name="edit_activity"),
    path("activities/<int:pk>/photo/", entries.activity_photo, name="photo"),
    path("visits/", entries.visit_list, name="visit_list"),
    path("visits/new/", entries.log_visit, name="log_visit"),
    path("visits/<int:pk>/", entries.visit_detail, name="visit_detail"),
    path("visits/<int:pk>/edit/", entries.change_visit, name="edit_visit"),
    path("visits/<int:pk>/photo/", entries.visit_photo, name="visit_photo"),
]
