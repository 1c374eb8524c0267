from django.urls import path

from congress_portal.desk.registers.views import (
    file,
    groups,
    handbook,
    homes,
    network,
    news,
    people,
    places,
    terms,
)

urlpatterns = [
    path("", news.index, name="registers"),
    path("places/", places.places, name="places"),
    path("places/list/", places.place_list, name="place_list"),
    path("places/<str:code>/", places.place, name="place"),
    path("deputies/", people.overview, name="overview"),
    path("deputies/persons/", people.persons, name="persons"),
    path("deputies/files/", file.duty_files, name="duty_files"),
    path("deputies/<int:pk>/file/", file.deputy_file, name="duty_file"),
    path("deputies/<int:pk>/file.pdf", file.deputy_file_pdf, name="duty_file_pdf"),
    path(
        "deputies/<int:pk>/handbook.pdf", handbook.deputy_handbook, {"kind": "pdf"}, name="handbook"
    ),
    path(
        "deputies/<int:pk>/handbook.docx",
        handbook.deputy_handbook,
        {"kind": "docx"},
        name="handbook_docx",
    ),
    path("deputies/levels/", people.levels, name="levels"),
    path("deputies/levels/<slug:level>/<slug:code>/", people.level_figure, name="level_figure"),
    path("terms/", terms.terms, name="terms"),
    path("terms/<int:pk>/", terms.term, name="term"),
    path("records/<slug:code>/", terms.records, name="records"),
    path("groups/", groups.groups, name="groups"),
    path("groups/new/", groups.new_group, name="new_group"),
    path("groups/<int:pk>/", groups.group, name="group"),
    path("groups/<int:pk>/join/", groups.join, name="join_group"),
    path("groups/members/<int:pk>/", groups.membership, name="membership"),
    path("network/", network.network, name="network"),
    path("network/models/", homes.models, name="models"),
    path("network/models/<int:pk>/", homes.model, name="model"),
    path("network/<int:pk>/", network.station, name="network_station"),
    path("network/<int:pk>/board-<slug:size>.pdf", homes.wall_board, name="wall_board"),
    path("network/<int:pk>/code-<slug:size>.pdf", homes.wall_code, name="wall_code"),
    path("standards/", network.standard_list, name="standards"),
    path("standards/gaps/", network.gap_list, name="gaps"),
    path("standards/<int:pk>/", network.standard, name="standard"),
    path("news/", news.months, name="news_months"),
]
