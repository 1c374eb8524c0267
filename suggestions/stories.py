"""What the report to the voters tells of opinions heard and suggestions made (M113)."""

from collections import Counter

from django.db.models import Q

from activities.selectors.story import told
from congress_portal.core.enums import Verification
from congress_portal.core.periods import Period
from deputies.models import Deputy
from suggestions.enums import CoSignerState
from suggestions.models import CoSigner, Reply, Suggestion, Voice

_EXAMPLES = 6


@told("反映群众意见", order=30)
def opinions(deputy: Deputy, period: Period) -> list[str]:
    """Heard at receptions on duty or brought by the deputy; voters are not named."""
    heard = Q(reception__duties__deputy=deputy, reception__verification=Verification.VERIFIED) | Q(
        deputy=deputy, reception__isnull=True
    )
    rows = Voice.objects.filter(heard, raised_on__range=(period.first, period.last)).distinct()
    taken = rows.count()
    closed = rows.filter(closed_on__isnull=False).count()
    return [f"收到群众意见 {taken} 条，已经办结 {closed} 条。"] if taken else []


@told("提出建议及办理结果", order=40)
def suggestions(deputy: Deputy, period: Period) -> list[str]:
    """Led ones with what became of them, co-signed ones by number."""
    led = list(
        Suggestion.objects.filter(lead=deputy).submitted_in(period).order_by("submitted_on", "pk")
    )
    signed = CoSigner.objects.filter(
        deputy=deputy,
        state=CoSignerState.CONFIRMED,
        suggestion__submitted_on__range=(period.first, period.last),
    ).count()
    sentences = []
    if led:
        sentences.append(f"领衔提出建议 {len(led)} 件{_results(led)}。")
        titles = [f"“{each.title}”（{each.get_state_display()}）" for each in led[-_EXAMPLES:]]
        sentences.append(f"主要有：{'；'.join(titles)}。")
    if signed:
        sentences.append(f"附议建议 {signed} 件。")
    return sentences


def _results(led: list[Suggestion]) -> str:
    """By the class of the latest reply of the lead unit."""
    replies = Reply.objects.of_lead_units().filter(handling__suggestion__in=led)
    latest = {
        reply.handling.suggestion_id: reply.reply_class.name
        for reply in replies.select_related("handling", "reply_class").order_by("round", "pk")
        if reply.reply_class
    }
    if not latest:
        return ""
    kinds = "、".join(f"{name} {times} 件" for name, times in Counter(latest.values()).items())
    return f"，已有答复的 {len(latest)} 件中，{kinds}"
