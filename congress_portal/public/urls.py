from django.urls import include, path

from congress_portal.public import abuse_views, api, feeds, views, voice_urls

app_name = "public"
urlpatterns = [
    path("", views.home, name="home"),
    path("", include(voice_urls.urlpatterns)),
    path("s/<str:number>/", views.station, name="station"),
    path("s/<str:number>/qr.svg", views.station_qr, name="station_qr"),
    path("s/<str:number>/print/<slug:size>.pdf", views.station_print, name="station_print"),
    path("d/<int:pk>/", views.deputy, name="deputy"),
    path("d/<int:pk>/photo.jpg", views.deputy_photo, name="deputy_photo"),
    path("d/<int:pk>/qr.svg", views.deputy_qr, name="deputy_qr"),
    path("d/<int:pk>/print/<slug:size>.pdf", views.deputy_print, name="deputy_print"),
    path("site/stations/", views.stations, name="stations"),
    path("site/deputies/", views.deputies, name="deputies"),
    path("site/deputies/<slug:code>/<slug:size>.pdf", views.deputies_print, name="deputies_print"),
    path("site/news/", views.news, name="news"),
    path("site/news/<int:pk>/", views.news_item, name="news_item"),
    path("site/news.xml", feeds.news_feed, name="news_feed"),
    path("site/receptions.ics", feeds.calendar_feed, name="calendar_feed"),
    path("site/rules/", views.rules, name="rules"),
    path("site/rules/<int:pk>/", views.rule, name="rule"),
    path("site/suggestions/", views.suggestions, name="suggestions"),
    path("site/suggestions/<int:pk>/", views.suggestion, name="suggestion"),
    path("report/<slug:kind>/<int:pk>/", abuse_views.report, name="report"),
    path("report/<str:token>/", abuse_views.report_answer, name="report_answer"),
    path("reports/", abuse_views.abuse_list, name="abuse_list"),
    path("reports/<int:pk>/", abuse_views.abuse_report, name="abuse_report"),
    path("site/figures/", views.figures, name="figures"),
    path("open/", feeds.open_data, name="open"),
    path("open/deputies.json", api.deputies_json, name="deputies_json"),
    path("open/suggestions.csv", api.suggestions_csv, name="suggestions_csv"),
    path("open/statistics.csv", api.statistics_csv, name="statistics_csv"),
    *(path(f"api/v1/{route}", view, name=name) for route, view, name in api.ROUTES),
    path("robots.txt", feeds.robots, name="robots"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
]
