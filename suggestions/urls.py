from django.urls import include, path

from suggestions.views import lists, steps

app_name = "suggestions"
urlpatterns = [
    path("suggestions/", lists.suggestion_list, name="list"),
    path("suggestions/<int:pk>/", lists.suggestion_detail, name="detail"),
    path("suggestions/<int:pk>/do/<slug:action>/", steps.take_step, name="step"),
    path("suggestions/parts/<int:pk>/do/<slug:action>/", steps.take_part_step, name="part_step"),
    path("suggestions/papers/", include("suggestions.paper_urls")),
    path("voices/", lists.voice_list, name="voice_list"),
    path("voices/<int:pk>/", lists.voice_detail, name="voice_detail"),
]
