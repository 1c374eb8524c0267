from django.urls import include, path

from activities.views import campaigns, entries

app_name = "activities"
urlpatterns = [
    path("", include("activities.contact_urls")),
    path("", include("activities.record_urls")),
    path("", include("activities.supervision_urls")),
    path("", include("activities.calling_urls")),
    path("", include("activities.learning_urls")),
    path("towns/", include("activities.town_urls")),
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
    path("activities/matrix/", campaigns.matrix, name="matrix"),
    path("activities/outputs/", campaigns.outputs, name="outputs"),
    path("campaigns/", campaigns.campaign_list, name="campaigns"),
    path("campaigns/new/", campaigns.write_campaign, name="new_campaign"),
    path("campaigns/<int:pk>/", campaigns.campaign, name="campaign"),
    path("campaigns/<int:pk>/edit/", campaigns.write_campaign, name="edit_campaign"),
    path("campaigns/<int:pk>/tasks/", campaigns.campaign_tasks, name="campaign_tasks"),
    path("campaigns/<int:pk>/steps/new/", campaigns.campaign_step, name="campaign_step"),
    path("circulars/", campaigns.circular_list, name="circulars"),
    path("circulars/new/", campaigns.write_circular, name="new_circular"),
    path("circulars/<int:pk>/", campaigns.circular, name="circular"),
    path("circulars/<int:pk>/edit/", campaigns.write_circular, name="edit_circular"),
    path("circulars/<int:pk>/publish/", campaigns.publish_circular, name="publish_circular"),
    path("circulars/<int:pk>/read/", campaigns.circular_read_for, name="circular_read_for"),
    path(
        "circulars/receipts/<int:pk>/answer/",
        campaigns.circular_answer_for,
        name="circular_answer_for",
    ),
    path("circulars/<int:pk>/file/", campaigns.circular_file, name="circular_file"),
]
