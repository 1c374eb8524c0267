from django.urls import path

from suggestions.views import wishes

urlpatterns = [
    path("", wishes.wish_list, name="wishes"),
    path("new/", wishes.log_wish, name="log_wish"),
    path("<int:pk>/", wishes.wish, name="wish"),
    path("<int:pk>/do/<slug:action>/", wishes.wish_step, name="wish_step"),
    path("photos/<int:pk>.jpg", wishes.wish_photo, name="wish_photo"),
]
