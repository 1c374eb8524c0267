from django.urls import path

from congress_portal.evaluations.schemes import views

urlpatterns = [
    path("schemes/", views.scheme_list, name="schemes"),
    path("schemes/<int:pk>/", views.trial, name="try"),
]
