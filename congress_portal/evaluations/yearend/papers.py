"""The list of honours and the certificates (表彰名单, 荣誉证书; M110)."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from congress_portal.core.documents.blocks import (
    Block,
    Column,
    FormPaper,
    Heading,
    Note,
    Table,
    ems,
)
from congress_portal.core.documents.pdf import render_html, render_pdf
from congress_portal.core.documents.wording import date_words
from congress_portal.evaluations.enums import ReviewState
from congress_portal.evaluations.models import Nominee, YearReview
from congress_portal.evaluations.yearend.selectors import chosen_of

_FOUR_LINES = 76  # characters
_NUMERALS = "一二三四五六七八九十"
_COLUMNS = (
    Column("序号", 8),
    Column("姓名", 14, "name"),
    Column("性别", 8),
    Column("所在镇（街道）", 22, "name"),
    Column("工作单位及职务", 48, "name"),
)


def award_list(review: YearReview) -> FormPaper:
    """By title; towns in the order of their codes, in a town by name. The sum stands below."""
    is_final = review.state == ReviewState.ISSUED
    groups: dict[str, list[Nominee]] = {}
    for row in chosen_of(review):
        groups.setdefault(row.title.name, []).append(row)
    blocks: list[Block] = []
    for number, (name, rows) in enumerate(groups.items()):
        mark = _NUMERALS[number] if number < len(_NUMERALS) else str(number + 1)
        blocks.append(Heading(f"{mark}、{name}（{len(rows)}名）"))
        blocks.append(Table("", _COLUMNS, tuple(_cells(rows))))
    blocks.append(Note(_told(review, sum(map(len, groups.values())))))
    day = review.awarded_on if is_final else review.publicised_on
    kind = "表彰名单" if is_final else "拟表彰名单公示"
    return FormPaper(
        (review.title, kind), review.given_by, review.given_by, date_words(day) if day else "",
        tuple(blocks),
    )  # fmt: skip


def _cells(rows: Sequence[Nominee]) -> Iterable[tuple[str, ...]]:
    for number, row in enumerate(rows, 1):
        who = row.deputy
        yield (str(number), who.name, who.get_sex_display(), who.town.name, who.employer)


def _told(review: YearReview, number: int) -> str:
    first, last = review.publicised_on, review.public_until
    if first is None or last is None:
        return f"共 {number} 项。"
    span = f"{date_words(first)}至{date_words(last)}（{review.publicity_days} 个工作日）"
    if review.state == ReviewState.ISSUED:
        mark = f"，文号：{review.document_number}" if review.document_number else ""
        return f"共 {number} 项。公示期为{span}，已期满{mark}。"
    return f"共 {number} 项。公示期为{span}。有意见的，请在公示期内向{review.given_by}提出。"


@dataclass(frozen=True)
class Certificate:
    """One page; ``number`` is the honour's, so that each paper is told from another."""

    name: str
    words: str
    given_by: str
    day: str
    number: str

    @property
    def is_long(self) -> bool:
        """More than four lines of the large type: set smaller, so that the page still holds it."""
        return ems(self.words) > _FOUR_LINES


@dataclass(frozen=True)
class CertificatesPaper:
    """Certificates of one review, a page each."""

    template: ClassVar[str] = "evaluations/pdf/certificates.html"
    stylesheets: ClassVar[tuple[str, ...]] = ("css/pdf/certificate.css",)

    title: str
    author: str
    pages: tuple[Certificate, ...]


def certificates_pdf(review: YearReview, rows: Iterable[Nominee]) -> bytes:
    """A page for each honour that was issued."""
    day = review.awarded_on or dt.date.min
    pages = tuple(
        Certificate(
            row.deputy.name, row.title.words, review.given_by, _in_numerals(day),
            f"{review.year}—{row.honour_id:05d}",
        )
        for row in rows
    )  # fmt: skip
    return render_pdf(render_html(CertificatesPaper(f"{review}证书", review.given_by, pages)))


_DIGITS = "〇一二三四五六七八九"


def _in_numerals(day: dt.date) -> str:
    """二〇二六年十二月三十日, as certificates are dated."""
    year = "".join(_DIGITS[int(digit)] for digit in str(day.year))
    return f"{year}年{_small(day.month)}月{_small(day.day)}日"


def _small(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = "" if not tens else ("十" if tens == 1 else f"{_DIGITS[tens]}十")
    return head + (_DIGITS[ones] if ones else "")
