from django.urls import path

from congress_portal.desk.registers.views import file

urlpatterns = [
    path("deputies/<int:pk>/file/", file.deputy_file, name="duty_file"),
    path("deputies/<int:pk>/file.pdf", file.deputy_file_pdf, name="duty_file_pdf"),
]
