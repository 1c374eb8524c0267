from django.urls import path, re_path

from congress_portal.evaluations.yearend import views

urlpatterns = [
    path("", views.review_list, name="reviews"),
    path("new/", views.write_review, name="new_review"),
    path("<int:pk>/", views.review, name="review"),
    path("<int:pk>/change/", views.write_review, name="review_change"),
    path("<int:pk>/rank/", views.take_ranking, name="review_rank"),
    path("<int:pk>/recommend/", views.recommend, name="review_recommend"),
    path("<int:pk>/settle/", views.settle, name="review_settle"),
    path("<int:pk>/return/", views.give_back, name="review_return"),
    path("<int:pk>/publicise/", views.publicise, name="review_publicise"),
    path("<int:pk>/object/", views.object_to, name="review_object"),
    path("<int:pk>/issue/", views.issue, name="review_issue"),
    path("<int:pk>/certificates/", views.certificates, name="certificates"),
    path("<int:pk>/certificates/all/", views.certificate_batch, name="certificate_batch"),
    re_path(r"^(?P<pk>\d{1,9})/list/(?P<kind>pdf|docx)/$", views.award_list, name="award_list"),
    path("candidates/<int:pk>/withdraw/", views.withdraw, name="review_withdraw"),
    path("titles/<int:pk>/", views.wording, name="review_wording"),
    path("objections/<int:pk>/", views.answer, name="review_answer"),
]
