"""Under ``rota/``, in the namespace of stations."""

from django.urls import path

from stations.views import rota, rota_days, rota_own

urlpatterns = [
    path("", rota.rota_list, name="rota_list"),
    path("new/", rota.new_rota, name="new_rota"),
    path("rules/", rota.rule_list, name="rota_rules"),
    path("rules/new/", rota.new_rules, name="new_rota_rules"),
    path("<int:pk>/", rota.rota_detail, name="rota"),
    path("<int:pk>/release/", rota.release_rota, name="release_rota"),
    path("<int:pk>/again/", rota.redraw_rota, name="redraw_rota"),
    path("<int:pk>/discard/", rota.discard_rota, name="discard_rota"),
    path("<int:pk>/wall-<slug:size>.pdf", rota.wall_print, name="rota_wall"),
    path("days/", rota_days.day_list, name="rota_days"),
    path("month/", rota_days.month_page, name="rota_month"),
    path("days/<int:pk>/", rota_days.day_detail, name="rota_day"),
    path("days/<int:pk>/assign/", rota_days.assign, name="rota_assign"),
    path("days/<int:pk>/call-off/", rota_days.call_off, name="rota_call_off"),
    path("days/<int:pk>/move/", rota_days.move, name="rota_move"),
    path("duties/<int:pk>/replace/", rota_days.replace, name="rota_replace"),
    path("duties/<int:pk>/swap/", rota_own.ask_swap, name="ask_swap"),
    path("swaps/", rota_own.swap_list, name="swaps"),
    path("swaps/<int:pk>/", rota_own.swap, name="swap"),
    path("swaps/<int:pk>/answer/", rota_own.answer_swap, name="answer_swap"),
    path("mine/", rota_own.mine, name="rota_mine"),
    path("mine.ics", rota_days.own_calendar, name="rota_own_calendar"),
    path("absences/<int:pk>/remove/", rota_own.remove_absence, name="remove_absence"),
    path("stations/<int:pk>.ics", rota_days.station_calendar, name="rota_station_calendar"),
]
