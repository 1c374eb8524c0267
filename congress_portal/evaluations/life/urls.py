from django.urls import path

from congress_portal.evaluations.life import views

urlpatterns = [
    path("begin/", views.begin, name="begin"),
    path("<int:pk>/step/<slug:code>/", views.step, name="step"),
    path("<int:pk>/unlock/", views.unlock, name="unlock"),
    path("<int:pk>/hints/", views.hints, name="hints"),
    path("<int:pk>/marks/", views.marks, name="marks"),
    path("<int:pk>/marks/<int:subject>/", views.mark, name="mark"),
    path("scores/<int:pk>/object/", views.object_to, name="object"),
    path("appeals/", views.appeal_list, name="appeals"),
    path("appeals/<int:pk>/paper/", views.appeal_paper, name="appeal_paper"),
    path("appeals/<int:pk>/", views.appeal_detail, name="appeal"),
]
