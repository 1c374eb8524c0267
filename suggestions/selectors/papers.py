"""Which papers of a case a reader may take away."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from congress_portal.core.models import User
from suggestions.enums import DraftState, Kind, Share
from suggestions.models import Appraisal, Handling, Reply, ReplyDraft, Suggestion, Supervision
from suggestions.models.handling import readable


@dataclass(frozen=True)
class PaperLink:
    """``name`` is the URL's name, its arguments are ``key`` and ``pdf`` or ``docx``."""

    title: str
    name: str
    key: int


def opinions_for(user: User) -> QuerySet[Handling]:
    """Assisting opinions: read by the office, their own unit and the lead unit of the case."""
    scope = user.scope
    leads = Handling.objects.in_hand().filter(
        suggestion=OuterRef("suggestion"), share=Share.LEAD, unit__in=scope.unit_ids
    )
    whole = scope.reads("suggestion__region") | scope.reads("suggestion__lead__town")
    rows: QuerySet[Handling] = (
        Handling.objects.visible_to(user).in_hand().filter(share=Share.ASSIST).exclude(opinion="")
    )
    return rows.filter(whole | Q(unit__in=scope.unit_ids) | Exists(leads))


def paper_links(user: User, suggestion: Suggestion) -> list[PaperLink]:
    """Papers of one case in the order they come about; each view checks again."""
    if not readable(user.scope).filter(pk=suggestion.pk).exists():
        return []
    form = f"{Kind(suggestion.kind).label}表"
    links = [PaperLink(form, "suggestions:paper_form", suggestion.pk)]
    links += _of_units(user, suggestion)
    links += _of_replies(user, suggestion)
    rows = Supervision.objects.visible_to(user).filter(suggestion=suggestion)
    links += [
        PaperLink(f"督办通知（{row}）", "suggestions:paper_supervision", row.pk)
        for row in rows.order_by("held_on", "pk")
    ]
    office = Suggestion.objects.editable_by(user).with_units().filter(pk=suggestion.pk)
    if office.exists():
        links.append(PaperLink("督办通知（催办）", "suggestions:paper_reminder", suggestion.pk))
    return links


def _of_units(user: User, suggestion: Suggestion) -> list[PaperLink]:
    opinions = opinions_for(user).filter(suggestion=suggestion).select_related("unit")
    drafts = ReplyDraft.objects.visible_to(user).filter(
        handling__suggestion=suggestion, state=DraftState.PENDING
    )
    return [
        *(
            PaperLink(f"{part.unit}会办意见", "suggestions:paper_opinion", part.pk)
            for part in opinions
        ),
        *(PaperLink("答复函送审稿", "suggestions:paper_draft", draft.pk) for draft in drafts),
    ]


def _of_replies(user: User, suggestion: Suggestion) -> list[PaperLink]:
    """Sheets of the item itself, and of the main item where it was merged into one."""
    sheets = (
        Appraisal.objects.visible_to(user)
        .filter(Q(suggestion=suggestion) | Q(reply__handling__suggestion=suggestion))
        .select_related("deputy", "reply")
        .order_by("reply__round", "pk")
    )
    links = []
    for sheet in sheets:
        words = f"第{sheet.reply.round}次，{sheet.deputy}"
        links += [
            PaperLink(f"答复函（{words}）", "suggestions:paper_letter", sheet.pk),
            PaperLink(f"征询意见表（{words}）", "suggestions:paper_sheet", sheet.pk),
        ]
    plain = Reply.objects.visible_to(user).of_lead_units()
    for reply in plain.filter(handling__suggestion=suggestion, appraisals__isnull=True):
        links.append(
            PaperLink(f"答复函（第{reply.round}次）", "suggestions:paper_lead_letter", reply.pk)
        )
    return links
