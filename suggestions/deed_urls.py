from django.urls import path

from suggestions.views import deeds

urlpatterns = [
    path("", deeds.deeds, name="deeds"),
    path("excel/", deeds.deeds_excel, name="deeds_excel"),
    path("new/", deeds.new_deed, name="new_deed"),
    path("<int:pk>/", deeds.deed, name="deed"),
    path("<int:pk>/change/", deeds.change, name="change_deed"),
    path("photos/<int:pk>.jpg", deeds.deed_photo, name="deed_photo"),
]
