"""All certificates of a review in the background, a file for each town (M110)."""

from congress_portal.core.batches.registry import ItemOrder, Order
from congress_portal.core.errors import DomainError
from congress_portal.core.models import Batch, BatchItem, User
from congress_portal.evaluations.models import YearReview
from congress_portal.evaluations.output import file_name
from congress_portal.evaluations.yearend.papers import certificates_pdf
from congress_portal.evaluations.yearend.selectors import chosen_of, keeps

MOST_AT_ONCE = 30  # so many certificates are made while one waits


class Certificates:
    code = "certificates"

    def make(self, batch: Batch, item: BatchItem) -> bytes:
        rows = YearReview.objects.editable_by(batch.actor)
        review = rows.filter(pk=batch.arguments["review"]).first()
        if review is None:
            raise DomainError("这次评优已不在您能办理的范围内。")
        chosen = chosen_of(review).exclude(honour=None).filter(deputy__town=int(item.key))
        if not chosen.exists():
            raise DomainError("这里没有已颁发的证书。")
        return certificates_pdf(review, chosen)

    def may_take(self, batch: Batch, user: User) -> bool:
        review = YearReview.objects.filter(pk=batch.arguments["review"]).first()
        return review is not None and keeps(user, review)


def certificates_order(review: YearReview) -> Order:
    towns = chosen_of(review).exclude(honour=None).order_by("deputy__town__code")
    found = dict(towns.values_list("deputy__town", "deputy__town__name"))
    items = [ItemOrder(str(pk), name, f"{file_name(name)}.pdf") for pk, name in found.items()]
    return Order(
        Certificates.code,
        title=f"{review}证书"[:120],
        file_name=file_name(str(review), "证书"),
        items=items,
        arguments={"review": review.pk},
    )
