from django.urls import path

from activities import views

app_name = "activities"
urlpatterns = [
    path("activities/", views.activity_list, name="list"),
    path("activities/new/", views.log_activity, name="log_activity"),
    path("activities/<int:pk>/", views.activity_detail, name="detail"),
    path("activities/<int:pk>/edit/", views.change_activity, name="edit_activity"),
    path("activities/<int:pk>/photo/", views.activity_photo, name="photo"),
    path("visits/", views.visit_list, name="visit_list"),
    path("visits/new/", views.log_visit, name="log_visit"),
    path("visits/<int:pk>/", views.visit_detail, name="visit_detail"),
    path("visits/<int:pk>/edit/", views.change_visit, name="edit_visit"),
    path("visits/<int:pk>/photo/", views.visit_photo, name="visit_photo"),
]
