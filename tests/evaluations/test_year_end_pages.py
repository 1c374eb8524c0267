"""Pages and papers of the year-end review (M109, M110)."""

import datetime as dt
import io
import uuid

import pypdf
import pytest
from django.urls import reverse

from activities.models import Honour
from congress_portal.core.models import Batch
from congress_portal.core.stale import fingerprint
from congress_portal.core.workdays import seed_calendar
from congress_portal.evaluations.models import Nominee, ReviewTitle, YearReview
from congress_portal.evaluations.yearend import batches, services
from tests.factories.core import CountyFactory, TownFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory
from tests.factories.reviews import NomineeFactory, ReviewTitleFactory, YearReviewFactory

pytestmark = pytest.mark.django_db
OVER = "2026-11-24 09:00"


@pytest.fixture(autouse=True)
def _calendar(freeze):
    freeze("2026-11-16 09:00")
    seed_calendar(2026)


@pytest.fixture
def office(client):
    user = staff(name="王五")
    client.force_login(user)
    return user


def _page(client, name, *args, **data):
    return client.get(reverse(f"evaluations:{name}", args=args), data)


def _send(client, name, *args, **data):
    return client.post(reverse(f"evaluations:{name}", args=args), data)


def _public(office, people=2):
    title = ReviewTitleFactory(places=people)
    rows = [NomineeFactory(title=title) for _ in range(people)]
    services.settle(actor=office, review_pk=title.review.pk, voters="none")
    review = YearReview.objects.get()
    return rows, services.publicise(
        actor=office, review_pk=review.pk, chosen=[row.pk for row in rows],
        basis="经主任会议研究确定", seen=fingerprint(review),
    )  # fmt: skip


def _issued(office, freeze, people=2):
    rows, review = _public(office, people)
    freeze(OVER)
    services.issue(
        actor=office, review_pk=review.pk, awarded_on=dt.date(2026, 11, 24), document_number="",
        seen=fingerprint(review),
    )  # fmt: skip
    return rows, YearReview.objects.get()


def test_the_whole_way_by_its_pages(client, office, freeze):
    county = CountyFactory()
    deputy = DeputyFactory(seat=True, name="欧阳䶮")
    new = {
        "key": uuid.uuid4(), "title": "2026年度评优", "year": 2026, "region": county.pk,
        "titles": "优秀人大代表 1\n履职积极分子　2名", "publicity_days": 5, "given_by": "县人大常委会",
    }  # fmt: skip
    _send(client, "new_review", **new)
    review = YearReview.objects.get()
    titles = list(ReviewTitle.objects.order_by("serial").values_list("name", "places"))
    title = review.titles.first()
    _send(client, "review_recommend", review.pk, title=title.pk, deputy="欧阳䶮", reason="接待")
    _send(client, "review_settle", review.pk, voters="none")
    review.refresh_from_db()
    chosen = Nominee.objects.get()
    _send(client, "review_publicise", review.pk, basis="经主任会议研究确定",
          seen=fingerprint(review), **{f"title_{title.pk}": chosen.pk})  # fmt: skip
    _send(client, "review_object", review.pk, key=uuid.uuid4(), words="请再核实", raised_by="李四",
          received_on="2026-11-16")  # fmt: skip
    objection = review.objections.get()
    _send(client, "review_answer", objection.pk, upheld="no", answer="已核实，无误")
    freeze(OVER)
    client.force_login(office)
    review.refresh_from_db()
    _send(client, "review_issue", review.pk, awarded_on="2026-11-24", seen=fingerprint(review))

    assert titles == [("优秀人大代表", 1), ("履职积极分子", 2)]
    assert Honour.objects.get().deputy == deputy
    page = _page(client, "review", review.pk).content.decode()
    assert "✓ 已表彰" in page
    file = client.get(reverse("desk:duty_file", args=[deputy.pk])).content.decode()
    assert "2026年度优秀人大代表" in file


PAGES = ("review", "review_change", "review_recommend", "review_settle", "review_return",
         "review_publicise", "review_object", "review_issue", "certificates",
         "certificate_batch")  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_and_another_county_find_nothing(client, name):
    review = YearReviewFactory()
    elsewhere = town_clerk(TownFactory(code="421312101000", parent=None))

    for user in (UserFactory(), elsewhere):
        client.force_login(user)
        assert _page(client, name, review.pk).status_code == 404


@pytest.mark.parametrize("name", [n for n in PAGES if n not in ("review", "review_recommend",
                                                               "review_object")])  # fmt: skip
def test_the_steps_are_closed_to_a_town(client, name):
    review = YearReviewFactory()
    client.force_login(town_clerk(TownFactory()))

    assert _page(client, "review", review.pk).status_code == 200
    assert _page(client, name, review.pk).status_code == 403


def test_a_town_sees_its_own_candidates_before_and_all_of_the_list_after(client, office):
    title = ReviewTitleFactory()
    mine, others = NomineeFactory(title=title), NomineeFactory(title=title)
    clerk = town_clerk(mine.deputy.town)
    client.force_login(clerk)
    before = _page(client, "review", title.review.pk).context["titles"][0].lines
    services.settle(actor=office, review_pk=title.review.pk, voters="none")
    review = YearReview.objects.get()
    services.publicise(
        actor=office, review_pk=review.pk, chosen=[mine.pk, others.pk], basis="主任会议",
        seen=fingerprint(review),
    )  # fmt: skip
    after = _page(client, "review", review.pk).context["titles"][0].lines

    assert [line.nominee for line in before] == [mine]
    assert [line.nominee for line in after] == [mine, others]


def test_names_open_only_files_that_the_reader_may_read(client, office):
    rows, review = _public(office)
    client.force_login(town_clerk(rows[0].deputy.town))

    page = _page(client, "review", review.pk).content.decode()

    assert reverse("desk:duty_file", args=[rows[0].deputy_id]) in page
    assert reverse("desk:duty_file", args=[rows[1].deputy_id]) not in page


def test_objections_show_to_the_office_and_whose_they_are(client, office):
    rows, review = _public(office)
    deputy = DeputyFactory(seat=True, user=UserFactory(role="deputy"), town=rows[0].deputy.town)
    client.force_login(deputy.user)
    _send(client, "review_object", review.pk, key=uuid.uuid4(), words="请说明理由")
    own = _page(client, "review", review.pk).content.decode()
    client.force_login(town_clerk(TownFactory()))
    other = _page(client, "review", review.pk).content.decode()

    assert "请说明理由" in own
    assert "请说明理由" not in other
    objection = review.objections.get()
    assert objection.raised_by == deputy.user.name
    assert _page(client, "review_answer", objection.pk).status_code == 404


@pytest.mark.parametrize(
    ("titles", "fault"),
    [
        ("优秀人大代表", "看不出名额"),
        ("优秀 0", "看不出名额"),
        ("优秀 9999999", "最多 500 个"),
        ("优秀 1\n优秀 2", "重复"),
        ("优秀 -3", "正整数"),
    ],
)
def test_titles_that_cannot_be_read_are_named(client, office, titles, fault):
    reply = _send(
        client, "new_review", title="x", year=2026, region=CountyFactory().pk, titles=titles,
        publicity_days=5, given_by="常委会",
    )  # fmt: skip

    assert fault in reply.content.decode()
    assert not YearReview.objects.exists()


def test_a_review_of_a_far_year_is_refused(client, office):
    reply = _send(
        client, "new_review", title="x", year=2099, region=CountyFactory().pk, titles="优秀 1",
        publicity_days=5, given_by="常委会",
    )  # fmt: skip

    assert "到2027之间的年份" in reply.content.decode()


def test_a_stale_change_is_refused(client, office):
    review = ReviewTitleFactory().review
    data = {"title": "改名", "year": 2026, "region": review.region_id, "titles": "优秀 1",
            "publicity_days": 7, "given_by": "常委会", "seen": "old"}  # fmt: skip

    page = _send(client, "review_change", review.pk, **data).content.decode()

    assert "刚被别人改过" in page
    assert not YearReview.objects.filter(title="改名").exists()


def test_wording_is_kept_until_the_honours_are_issued(client, office, freeze):
    _, review = _public(office)
    title = review.titles.get()
    words = "经评选，授予{title}称号。"
    _send(client, "review_wording", title.pk, wording=words, seen=fingerprint(title))
    title.refresh_from_db()
    assert title.words == "经评选，授予“优秀人大代表”称号。"

    freeze(OVER)
    review = YearReview.objects.get()
    services.issue(actor=office, review_pk=review.pk, awarded_on=dt.date(2026, 11, 24),
                   document_number="", seen=fingerprint(review))  # fmt: skip
    client.force_login(office)
    late = _send(client, "review_wording", title.pk, wording="改", seen=fingerprint(title))
    assert "不能再改" in late.content.decode()


def test_the_award_list_is_a_paper_for_everyone_who_sees_the_review(client, office, freeze):
    rows, review = _issued(office, freeze)
    client.force_login(town_clerk(rows[0].deputy.town))

    paper = pypdf.PdfReader(io.BytesIO(_page(client, "award_list", review.pk, "pdf").content))
    text = "".join(page.extract_text() for page in paper.pages)

    assert all(row.deputy.name in text for row in rows)
    assert "表彰名单" in text
    assert "2026年11月16日至2026年11月23日" in text
    assert _page(client, "award_list", review.pk, "docx").status_code == 200


def test_no_list_before_it_is_public(client, office):
    review = ReviewTitleFactory().review

    assert _page(client, "award_list", review.pk, "pdf").status_code == 404
    assert _page(client, "certificates", review.pk).status_code == 404


def test_certificates_have_a_page_each(client, office, freeze):
    _, review = _issued(office, freeze)
    client.force_login(office)

    paper = pypdf.PdfReader(io.BytesIO(_page(client, "certificates", review.pk).content))

    assert len(paper.pages) == 2
    first = "".join(paper.pages[0].extract_text().split())
    assert first.startswith("荣誉证书")
    assert "二〇二六年十一月二十四日" in first


def test_a_long_wording_stays_on_its_page(client, office, freeze):
    _, review = _issued(office, freeze)
    ReviewTitle.objects.update(wording="在履行代表职务中成绩突出" * 12)
    client.force_login(office)

    paper = pypdf.PdfReader(io.BytesIO(_page(client, "certificates", review.pk).content))

    assert len(paper.pages) == 2


def test_many_certificates_are_made_in_the_background_by_town(client, office, freeze, monkeypatch):
    _, review = _issued(office, freeze, people=3)
    client.force_login(office)
    monkeypatch.setattr("congress_portal.evaluations.yearend.views.MOST_AT_ONCE", 2)
    assert _page(client, "certificates", review.pk).status_code == 302

    key = uuid.uuid4()
    for _ in range(2):
        _send(client, "certificate_batch", review.pk, key=key)

    batch = Batch.objects.get()
    assert batch.items.count() == 3
    item = batch.items.order_by("pk").first()
    made = pypdf.PdfReader(io.BytesIO(batches.Certificates().make(batch, item)))
    assert len(made.pages) == 1
    assert not batches.Certificates().may_take(batch, town_clerk(TownFactory()))


@pytest.mark.parametrize("people", [1, 3])
def test_queries_of_the_pages_do_not_grow(client, office, people, django_assert_num_queries):
    title = ReviewTitleFactory()
    for _ in range(people):
        NomineeFactory(title=title)
        YearReviewFactory()
    _page(client, "reviews")

    with django_assert_num_queries(5):
        _page(client, "reviews")
    with django_assert_num_queries(11):
        _page(client, "review", title.review.pk)


def test_a_candidate_is_taken_out_on_its_page_by_the_office_alone(client, office):
    nominee = NomineeFactory()
    review = nominee.title.review
    shown = _page(client, "review", review.pk).content.decode()
    address = reverse("evaluations:review_withdraw", args=[nominee.pk])
    assert f'href="{address}"' in shown

    for user, status in ((UserFactory(), 404), (town_clerk(nominee.deputy.town), 403)):
        client.force_login(user)
        assert client.get(address).status_code == status
        assert client.post(address, {"words": "不要"}).status_code == status
    client.force_login(office)
    told = client.post(address, {"words": "写错了人"}, follow=True).content.decode()
    assert "的推荐已撤下" in told
    assert not Nominee.objects.exists()
