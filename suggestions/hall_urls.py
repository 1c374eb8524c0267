from django.urls import path

from suggestions.views import halls

urlpatterns = [
    path("", halls.halls, name="halls"),
    path("new/", halls.new_hall, name="new_hall"),
    path("<int:pk>/", halls.hall, name="hall"),
    path("<int:pk>/do/<slug:action>/", halls.hall_step, name="hall_step"),
    path("<int:pk>/minutes.pdf", halls.hall_minutes, name="hall_minutes"),
    path("tasks/<int:pk>/done/", halls.hall_task_done, name="hall_task_done"),
    path("views/<int:pk>/drop/", halls.hall_drop_view, name="hall_drop_view"),
    path("views/<int:pk>/voice/", halls.hall_pass_on, name="hall_pass_on"),
]
