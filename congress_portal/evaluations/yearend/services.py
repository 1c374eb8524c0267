"""The steps of a year-end review; honours only after the publicity and its answers (M109)."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from activities.enums import BallotState
from activities.models import Ballot, BallotScale, Honour
from activities.services.ballots import discard_ballot, save_ballot
from activities.services.credit import log_honour
from congress_portal.core.audit import delete_recorded, save_recorded
from congress_portal.core.models import Region, User
from congress_portal.core.notices import Message, notify, office_people
from congress_portal.core.stale import refuse_stale
from congress_portal.core.submissions import claim, found_by
from congress_portal.core.workdays import WorkCalendar
from congress_portal.evaluations.enums import ReviewState
from congress_portal.evaluations.models import (
    Nominee,
    Recommendation,
    ReviewObjection,
    ReviewTitle,
    YearReview,
)
from congress_portal.evaluations.yearend.selectors import (
    by_rank,
    chosen_of,
    eligible,
    item_names,
    keeps,
    open_objections,
    ranked_sheets,
    side_of,
    votes_of,
)
from congress_portal.evaluations.yearend.workflow import ReviewStep, ReviewStepError, next_state
from deputies.models import CommitteeMember, Deputy, Mandate

Titles = Sequence[tuple[str, int]]
_NOT_ONLY_OFFICE = (ReviewStep.RECOMMEND, ReviewStep.WITHDRAW, ReviewStep.OBJECT)


def _locked(actor: User, pk: int, step: ReviewStep, words: str = "") -> YearReview:
    """The review with its row locked, ready for the step; the new state is not set yet.

    Raises YearReview.DoesNotExist for a stranger, ReviewStepError.
    """
    rows = YearReview.objects.visible_to(actor).select_for_update(of=("self",))
    review: YearReview = rows.select_related("region").order_by().get(pk=pk)
    if step not in _NOT_ONLY_OFFICE and not keeps(actor, review):
        raise ReviewStepError(f"{review}由{review.region}人大工作人员办理。")
    next_state(step, review.state, words)
    return review


def save_review(
    *,
    actor: User,
    values: Mapping[str, Any],
    titles: Titles,
    review_pk: int | None = None,
    seen: str = "",
    key: uuid.UUID | None = None,
) -> YearReview:
    """Begin a review, or change it while towns recommend; ``titles`` are names with places.

    Raises ReviewStepError, StaleRecordError, ValidationError.
    """
    if made := found_by(key, actor=actor, model=YearReview):
        return YearReview.objects.get(pk=int(made))  # type: ignore[no-any-return]
    with transaction.atomic():
        review = YearReview()
        if review_pk:
            review = _locked(actor, review_pk, ReviewStep.CHANGE)
            refuse_stale(review, seen)
        for name, value in values.items():
            setattr(review, name, value)
        if not actor.scope.may_write_code(review.region.code):
            raise ReviewStepError(f"您不能在{review.region}组织评优。")
        if review.sheet and not ranked_sheets(actor).filter(pk=review.sheet.pk).exists():
            raise ReviewStepError("只能取已发布的、方案里开了排名的代表考评。")
        save_recorded(review)
        _set_titles(review, titles)
        if not review_pk and not claim(key, actor=actor, row=review):
            raise ReviewStepError("这次评优已经建立，没有重复建立。")
        return review


def _set_titles(review: YearReview, titles: Titles) -> None:
    if not titles:
        raise ReviewStepError("请至少写一个称号和名额。")
    kept = {row.name: row for row in review.titles.all()}
    for name, row in kept.items():
        if name not in dict(titles):
            if row.nominees.exists():
                raise ReviewStepError(f"「{name}」已有候选人，不能去掉。")
            delete_recorded(row)
    for serial, (name, places) in enumerate(titles, 1):
        row = kept.get(name) or ReviewTitle(review=review, name=name)
        row.serial, row.places = serial, places
        save_recorded(row)


@transaction.atomic
def set_wording(*, actor: User, title_pk: int, level: Any, wording: str, seen: str) -> ReviewTitle:
    """The level and the certificate's words, as long as nothing is issued."""
    title = ReviewTitle.objects.visible_to(actor).select_related("review__region").get(pk=title_pk)
    rows = YearReview.objects.select_for_update(of=("self",)).order_by()
    title.review = rows.select_related("region").get(pk=title.review_id)
    if not keeps(actor, title.review):
        raise ReviewStepError(f"{title.review}由{title.review.region}人大工作人员办理。")
    if title.review.state == ReviewState.ISSUED:
        raise ReviewStepError("已经表彰，证书的文字不能再改。")
    refuse_stale(title, seen)
    title.level, title.wording = level, wording.strip()
    return save_recorded(title)  # type: ignore[return-value]


@transaction.atomic
def take_ranking(*, actor: User, review_pk: int, numbers: Mapping[int, int]) -> int:
    """Put up the first so many of the published ranking for each title; returns how many are new.

    ``numbers`` is title's key → how many. Raises ReviewStepError where ranking is switched off.
    """
    review = _locked(actor, review_pk, ReviewStep.RANK)
    if review.sheet is None or not ranked_sheets(actor).filter(pk=review.sheet.pk).exists():
        raise ReviewStepError("这次评优没有可取名次的考评；候选人请用推荐。")
    fresh = 0
    for title in review.titles.filter(pk__in=numbers).order_by("pk"):
        for score in by_rank(review, numbers[title.pk]) if numbers[title.pk] else []:
            row = title.nominees.filter(deputy=score.deputy_id).first()
            fresh += row is None
            row = row or Nominee(title=title, deputy=score.deputy)
            row.rank, row.total = score.rank, score.total
            save_recorded(row)
    return fresh


@transaction.atomic
def recommend(*, actor: User, title_pk: int, deputy: Deputy, reason: str) -> Recommendation:
    """By a town's office for its deputies, by a group's officers for its members, or by the
    review's own office. Nobody puts up oneself.

    Raises ReviewTitle.DoesNotExist, ReviewStepError, ValidationError for a second one.
    """
    title = ReviewTitle.objects.visible_to(actor).get(pk=title_pk)
    review = _locked(actor, title.review_id, ReviewStep.RECOMMEND)
    if deputy.user_id == actor.pk:
        raise ReviewStepError("不能推荐自己。")
    if not eligible(review).filter(pk=deputy.pk).exists():
        raise ReviewStepError(f"{deputy}{review.year}年不是{review.region}的代表。")
    region, group = side_of(actor, review, deputy)
    if region is None and group is None:
        raise ReviewStepError("只能推荐本镇（街道）、本小组的代表。")
    nominee = title.nominees.filter(deputy=deputy).first()
    if nominee is None:
        nominee = Nominee(title=title, deputy=deputy)
        save_recorded(nominee)
    row = Recommendation(
        nominee=nominee, region=region, group=group, reason=reason.strip(), author=actor
    )
    return save_recorded(row)  # type: ignore[return-value]


@transaction.atomic
def withdraw(*, actor: User, nominee_pk: int, words: str) -> Nominee:
    """Before the recommending ends: the office takes a candidate out, with all recommendations;
    who recommended takes the own recommendation back, and the candidate with the last one.

    Raises Nominee.DoesNotExist, ReviewStepError, also where a reason is missing.
    """
    nominee = Nominee.objects.visible_to(actor).select_related("deputy", "title").get(pk=nominee_pk)
    review = _locked(actor, nominee.title.review_id, ReviewStep.WITHDRAW, words)
    rows = nominee.recommendations.order_by("pk")
    if not keeps(actor, review):
        rows = rows.filter(author=actor)
        if not rows:
            raise ReviewStepError("只能撤回自己写的推荐；其他候选人由组织评优的办公室撤下。")
    for row in rows:
        delete_recorded(row, reason=words.strip())
    is_last = nominee.rank is None and not nominee.recommendations.exists()
    if keeps(actor, review) or is_last:
        delete_recorded(nominee, reason=words.strip())
    return nominee


@transaction.atomic
def settle(
    *, actor: User, review_pk: int, voters: str, scale: BallotScale | None = None
) -> YearReview:
    """End the recommending. ``voters``: deputies, committee, or none where a meeting decides.

    The ballot is a draft of the portal's own kind: opened, cast and counted on its page.
    """
    review = _locked(actor, review_pk, ReviewStep.SETTLE)
    struck = Nominee.objects.filter(title__review=review).exclude(struck_reason="")
    out = set(struck.values_list("pk", flat=True))
    names = [name for pk, name in item_names(review).items() if pk not in out]
    if not names:
        raise ReviewStepError("还没有候选人，请先推荐。")
    if voters != "none":
        review.ballot = _ballot(actor, review, names, voters, scale)
    review.state = next_state(ReviewStep.SETTLE, review.state)
    return save_recorded(review)  # type: ignore[return-value]


def _ballot(
    actor: User, review: YearReview, names: Sequence[str], voters: str, scale: BallotScale | None
) -> Ballot:
    if scale is None:
        raise ReviewStepError("要投票的，请选票式。")
    people = _voters(review.region, voters)
    if not people:
        raise ReviewStepError("没有找到投票人：请先登记组成人员，或改由代表投票。")
    values = {"title": f"{review}投票", "region": review.region, "scale": scale}
    return save_ballot(actor=actor, values=values, items=names, voters=people)


def _voters(region: Region, voters: str) -> list[Deputy]:
    today = timezone.localdate()
    if voters == "committee":
        seats = CommitteeMember.objects.on(today).filter(region=region)
        return list(Deputy.objects.filter(pk__in=seats.values("deputy")).order_by("pk"))
    held = Mandate.objects.filter(region=region, term__begins_on__lte=today)
    held = held.filter(term__ends_on__gte=today, ends_on=None)
    return list(Deputy.objects.filter(pk__in=held.values("deputy")).order_by("pk"))


@transaction.atomic
def give_back(*, actor: User, review_pk: int, words: str) -> YearReview:
    """One step back, with a reason: to the recommending while nobody has voted yet; from the
    publicity to the choice, after which it is made public anew for the full time."""
    review = _locked(actor, review_pk, ReviewStep.RETURN, words)
    if review.state == ReviewState.VOTING and review.ballot:
        if review.ballot.state != BallotState.DRAFT:
            raise ReviewStepError("投票已经开始，不能退回推荐。")
        ballot, review.ballot = review.ballot, None
        save_recorded(review)
        discard_ballot(actor=actor, ballot_pk=ballot.pk, reason=words)
    elif review.state == ReviewState.PUBLICITY and open_objections(review).exists():
        raise ReviewStepError("还有公示意见没有答复，请先答复。")
    review.state = next_state(ReviewStep.RETURN, review.state, words)
    review.publicised_on = review.public_until = None
    save_recorded(review, reason=words.strip())
    return review


@transaction.atomic
def publicise(
    *, actor: User, review_pk: int, chosen: Collection[int], basis: str, seen: str
) -> YearReview:
    """Choose and show the list for the publicity's working days, counted from tomorrow.

    ``chosen`` are nominees' keys. Without a ballot, or against the order of its votes, ``basis``
    says who decided. Raises ReviewStepError, StaleRecordError, CalendarMissingError.
    """
    review = _locked(actor, review_pk, ReviewStep.PUBLICISE)
    refuse_stale(review, seen)
    if review.ballot and review.ballot.state != BallotState.COUNTED:
        raise ReviewStepError("投票还没有计票，请先在测评里结束投票、计票。")
    rows = Nominee.objects.filter(title__review=review).select_related("title", "deputy")
    rows = rows.order_by("pk")
    nominees, wanted = list(rows), set(chosen)
    votes = votes_of(review)
    _check_choice(nominees, wanted, {pk: rate.part for pk, rate in votes.items()}, basis)
    for row in nominees:
        row.is_chosen = row.pk in wanted
        if row.pk in votes:
            row.votes, row.papers = votes[row.pk].part, votes[row.pk].whole
        save_recorded(row)
    today = timezone.localdate()
    review.state = next_state(ReviewStep.PUBLICISE, review.state)
    review.basis, review.publicised_on = basis.strip(), today
    review.public_until = WorkCalendar().add_workdays(today, review.publicity_days)
    save_recorded(review)
    _tell_publicity(review)
    return review


def _check_choice(
    nominees: Sequence[Nominee], wanted: set[int], votes: Mapping[int, int], basis: str
) -> None:
    if not wanted:
        raise ReviewStepError("请至少选一位拟表彰的代表。")
    if not wanted <= {row.pk for row in nominees}:
        raise ReviewStepError("所选的不都是这次评优的候选人。")
    by_title: dict[ReviewTitle, list[Nominee]] = {}
    for row in nominees:
        if row.pk in wanted and row.struck_reason:
            raise ReviewStepError(f"{row.deputy}已因公示意见取消，不能再选。")
        by_title.setdefault(row.title, []).append(row)
    twice = [
        deputy for deputy, times in Counter(r.deputy for r in nominees if r.pk in wanted).items()
        if times > 1
    ]  # fmt: skip
    if twice and not basis.strip():
        names = "、".join(deputy.name for deputy in twice)
        raise ReviewStepError(f"{names}选了两个称号；确实要给的，请写明确定的依据。")
    against = not votes
    for title, rows in by_title.items():
        inside = [row for row in rows if row.pk in wanted]
        if len(inside) > title.places:
            raise ReviewStepError(f"「{title}」选了 {len(inside)} 位，名额只有 {title.places} 个。")
        others = [votes.get(row.pk, 0) for row in rows if row.pk not in wanted]
        least = min((votes.get(row.pk, 0) for row in inside), default=None)
        against |= least is not None and any(number >= least for number in others)
    if against and not basis.strip():
        raise ReviewStepError(
            "没有投票，或所选和得票多少不一致（含票数相同的），请写明确定的依据，"
            "如：经主任会议研究确定。"
        )


def _tell_publicity(review: YearReview) -> None:
    until = review.public_until or timezone.localdate()
    people = {user.pk: user for user in office_people(review.region)}
    for row in chosen_of(review).select_related("deputy__user", "title", "deputy__town"):
        if row.deputy.user:
            people[row.deputy.user.pk] = row.deputy.user
    message = Message(
        key=f"review:{review.pk}:public:{review.publicised_on}",
        title=f"{review}：拟表彰名单公示到{until.month}月{until.day}日",
        body="公示期内有意见可以提出，答复以后才颁发。",
        link=page_of_review(review),
    )
    notify(people.values(), message)


def page_of_review(review: YearReview) -> str:
    return reverse("evaluations:review", args=[review.pk])


def object_to_list(
    *,
    actor: User,
    review_pk: int,
    nominee_pk: int | None,
    words: str,
    raised_by: str = "",
    received_on: dt.date | None = None,
    key: uuid.UUID | None = None,
) -> ReviewObjection:
    """During the publicity; the office also records what comes by letter, then naming by whom."""
    if made := found_by(key, actor=actor, model=ReviewObjection):
        return ReviewObjection.objects.get(pk=int(made))  # type: ignore[no-any-return]
    with transaction.atomic():
        review = _locked(actor, review_pk, ReviewStep.OBJECT)
        today = timezone.localdate()
        day = (received_on if keeps(actor, review) else None) or today
        first, last = review.publicised_on or today, review.public_until or today
        if not first <= day <= min(last, today):
            raise ReviewStepError(f"公示期到{last.month}月{last.day}日，收到的日期不在公示期内。")
        nominee = chosen_of(review).filter(pk=nominee_pk).first() if nominee_pk else None
        if nominee_pk and nominee is None:
            raise ReviewStepError("这位代表不在公示的名单里。")
        name = raised_by.strip() if keeps(actor, review) else ""
        row = ReviewObjection(
            review=review, nominee=nominee, words=words.strip(), received_on=day,
            raised_by=name or actor.name, recorded_by=actor,
        )  # fmt: skip
        save_recorded(row)
        if not claim(key, actor=actor, row=row):
            raise ReviewStepError("这条意见已经登记，没有重复登记。")
        message = Message(
            key=f"review-objection:{row.pk}", title=f"{review}有公示意见，请答复",
            body="答复以前不能颁发。", link=page_of_review(review),
        )  # fmt: skip
        notify(office_people(review.region), message)
        return row


@transaction.atomic
def answer_objection(
    *, actor: User, objection_pk: int, upheld: bool, answer: str
) -> ReviewObjection:
    """By somebody else than whose word it is; upheld, the nominee is taken off the list.

    Raises ReviewObjection.DoesNotExist, ReviewStepError.
    """
    row = ReviewObjection.objects.visible_to(actor).get(pk=objection_pk)
    review = _locked(actor, row.review_id, ReviewStep.ANSWER)
    row.refresh_from_db()
    if row.upheld is not None:
        raise ReviewStepError("这条意见已由其他同志答复，没有重复答复。")
    if row.raised_by == actor.name and row.recorded_by_id == actor.pk:
        raise ReviewStepError("自己提出的意见要由其他同志答复。")
    row.upheld, row.answer = upheld, answer.strip()
    row.answered_by, row.answered_at = actor, timezone.now()
    save_recorded(row)
    if upheld and row.nominee:
        nominee = Nominee.objects.select_related("deputy", "title").get(pk=row.nominee_id)
        nominee.is_chosen, nominee.struck_reason = False, row.answer[:200]
        save_recorded(nominee, reason=row.answer)
    key = f"review-objection:{row.pk}:answered"
    told = Message(
        key=key, title=f"{review}：公示意见已答复", body=row.answer, link=page_of_review(review)
    )
    notify([row.recorded_by], told)
    return row


@transaction.atomic
def issue(
    *, actor: User, review_pk: int, awarded_on: dt.date, document_number: str, seen: str
) -> list[Honour]:
    """Enter the honours in the files, once, after the last day of the publicity and with every
    objection answered. Raises ReviewStepError, StaleRecordError."""
    review = _locked(actor, review_pk, ReviewStep.ISSUE)
    today, last = timezone.localdate(), review.public_until
    if last is None or today <= last:
        until = f"到{last.month}月{last.day}日" if last else ""
        raise ReviewStepError(f"公示期{until}，还没有期满，不能颁发。")
    if open_objections(review).exists():
        raise ReviewStepError("还有公示意见没有答复，不能颁发。")
    refuse_stale(review, seen)
    if not last < awarded_on <= today:
        raise ReviewStepError("表彰日期要在公示期满以后，不能晚于今天。")
    nominees = list(chosen_of(review))
    if not nominees:
        raise ReviewStepError("拟表彰的代表都取消了，请退回重新确定。")
    review.state = next_state(ReviewStep.ISSUE, review.state)
    review.awarded_on, review.document_number = awarded_on, document_number.strip()
    review.issued_at, review.issued_by = timezone.now(), actor
    save_recorded(review)
    return [_honour(actor, review, row) for row in nominees]


def _honour(actor: User, review: YearReview, nominee: Nominee) -> Honour:
    """The honour in the deputy's file; one that stands there already is taken as this one."""
    name = str(nominee.title)
    title = name if str(review.year) in name else f"{review.year}年度{name}"
    day = review.awarded_on or timezone.localdate()
    entered = Honour.objects.filter(deputy=nominee.deputy, title=title, held_on=day)
    same = entered.filter(nominee=None).first()
    values = {
        "held_on": day,
        "title": title,
        "level": nominee.title.level,
        "given_by": review.given_by,
        "document_number": review.document_number,
    }
    honour = same or log_honour(actor=actor, deputy=nominee.deputy, values=values)
    nominee.honour = honour
    save_recorded(nominee)
    if nominee.deputy.user:
        message = Message(
            key=f"honour:{honour.pk}", title=f"祝贺您被评为{title}",
            body="表彰已记入您的履职档案。", link=page_of_review(review),
        )  # fmt: skip
        notify([nominee.deputy.user], message)
    return honour
