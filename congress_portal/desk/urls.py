from django.urls import include, path

from congress_portal.desk.registers.views import balance
from congress_portal.desk.views import account, home, notices, offline

app_name = "desk"
urlpatterns = [
    path("", home.home, name="home"),
    path("deputies/<int:pk>/year/", home.deputy_year, name="year"),
    path("contacts/mine/", home.my_contacts, name="my_contacts"),
    path("search/", home.find, name="search"),
    path("notices/", notices.notices, name="notices"),
    path("notices/<int:pk>/", notices.open_notice, name="open_notice"),
    path("notices/read/", notices.read_notices, name="read_notices"),
    path("audit/", home.audit_list, name="audit"),
    path("registers/balance/", balance.table, name="balance"),
    path("registers/balance/export/", balance.excel, name="balance_excel"),
    path("registers/", include("congress_portal.desk.registers.urls")),
    path("worker.js", offline.worker, name="worker"),
    path("offline/", offline.offline, name="offline"),
    path("login/", account.Login.as_view(), name="login"),
    path("logout/", account.Logout.as_view(), name="logout"),
    path("password/", account.PasswordChange.as_view(), name="password_change"),
    path("account/", account.account, name="account"),
    path("type-size/", account.type_size, name="type_size"),
    path("help/", account.manual, name="manual"),
    path("help/<slug:slug>/", account.manual, name="manual_chapter"),
]
