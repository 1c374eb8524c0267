"""Letters of the units (RULES D2): the reply to each proposer, and the assisting opinion."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from congress_portal.core.documents.blocks import Annex, Block, Head, OfficialPaper, Paragraph
from suggestions.enums import LetterPart, Share
from suggestions.models import Appraisal, Handling, HandlingRule, Reply, ReplyDraft, Suggestion
from suggestions.reports.sheets import SheetFacts, blank_sheet, enclosed_sheet
from suggestions.reports.wording import (
    CaseNames,
    date_words,
    government_of,
    names_of,
    office_of,
    paragraphs,
    wordings,
)
from suggestions.services.letter_numbers import letterhead_of


@dataclass(frozen=True)
class ReplyLetter:
    """One copy of a reply: to one deputy, about the deputy's own item."""

    names: CaseNames
    unit: str
    deputy: str
    body: str
    class_name: str
    round: int
    letter_number: str
    day: dt.date
    signer: str
    leader_name: str
    leader_phone: str
    contact_name: str
    contact_phone: str
    office: str
    government: str
    assisting: tuple[str, ...]
    appraisal_days: int
    sheet: SheetFacts
    is_draft: bool = False


@dataclass(frozen=True)
class OpinionLetter:
    """An assisting unit's opinion to the lead unit."""

    names: CaseNames
    unit: str
    lead_unit: str
    opinion: str
    letter_number: str
    day: dt.date
    contact_name: str
    contact_phone: str
    office: str


def letter_of(sheet: Appraisal) -> ReplyLetter:
    """The copy that goes with a proposer's sheet; merged items are answered by their own name."""
    return _letter(sheet.reply, sheet.suggestion, sheet.deputy.name)


def letter_to_lead(reply: Reply) -> ReplyLetter:
    """For replies without sheets, such as imported ones."""
    item = reply.handling.suggestion
    return _letter(reply, item, item.lead.name)


def letter_of_draft(draft: ReplyDraft) -> ReplyLetter:
    """What the leader is asked to sign; nothing of it is stored."""
    item = draft.handling.suggestion
    reply = Reply(
        handling=draft.handling,
        round=draft.round,
        replied_on=timezone.localdate(),
        reply_class=draft.reply_class,
        letter_number=draft.letter_number,
        body=draft.body,
        contact_name=draft.contact_name,
        contact_phone=draft.contact_phone,
    )
    return _letter(reply, item, item.lead.name, is_draft=True)


def _letter(reply: Reply, item: Suggestion, deputy: str, *, is_draft: bool = False) -> ReplyLetter:
    handling = reply.handling
    region = item.region
    rule = HandlingRule.objects.all().of(region)
    head = letterhead_of(handling.unit)
    assisting = (
        handling.suggestion.handlings.all()
        .in_hand()
        .filter(share=Share.ASSIST)
        .select_related("unit")
        .order_by("serial", "pk")
    )
    return ReplyLetter(
        names=names_of(item),
        unit=str(handling.unit),
        deputy=deputy,
        body=reply.body,
        class_name=reply.reply_class.name if reply.reply_class else "",
        round=reply.round,
        letter_number=reply.letter_number,
        day=reply.replied_on,
        signer=reply.signer,
        leader_name=reply.leader_name or head.leader_name,
        leader_phone=reply.leader_phone or head.leader_phone,
        contact_name=reply.contact_name or handling.unit.contact_name,
        contact_phone=reply.contact_phone or handling.unit.contact_phone,
        office=office_of(region),
        government=government_of(region, rule),
        assisting=tuple(str(part.unit) for part in assisting),
        appraisal_days=rule.appraisal_days,
        sheet=blank_sheet(item, reply, deputy),
        is_draft=is_draft,
    )


def opinion_of(handling: Handling) -> OpinionLetter:
    """``handling`` is an assisting part that has given its opinion."""
    item = handling.suggestion
    lead = item.handlings.all().in_hand().filter(share=Share.LEAD).select_related("unit").first()
    return OpinionLetter(
        names=names_of(item),
        unit=str(handling.unit),
        lead_unit=str(lead.unit) if lead else "主办单位",
        opinion=handling.opinion,
        letter_number=handling.opinion_number,
        day=handling.answered_on or timezone.localdate(),
        contact_name=handling.unit.contact_name,
        contact_phone=handling.unit.contact_phone,
        office=office_of(item.region),
    )


def reply_paper(letter: ReplyLetter) -> OfficialPaper:
    """关于×届人大×次会议“第×号”建议的答复, on the unit's letter paper, sheet enclosed."""
    words = {
        **letter.names.words,
        "单位": letter.unit,
        "评价期限": str(letter.appraisal_days),
        "人大机关": letter.office,
        "政府办": letter.government,
    }
    say = wordings(words)
    again = letter.round > 1
    opening = LetterPart.REPLY_AGAIN if again else LetterPart.REPLY_OPENING
    texts = [
        *say.lines(opening),
        *paragraphs(letter.body),
        *say.lines(LetterPart.REPLY_CLOSING),
    ]
    ending = "再次答复" if again else "答复"
    draft = ("（送审稿）",) if letter.is_draft else ()
    copies = "，".join(
        filter(None, [say.text(LetterPart.REPLY_COPIES), "，".join(letter.assisting)])
    )
    head = Head(
        issuer=letter.unit,
        title_pieces=(*_title(letter.names), f"{letter.names.noun}的{ending}", *draft),
        date_text=date_words(letter.day),
        addressee=f"{letter.deputy}代表",
        number=letter.letter_number or _open_number(letter.day),
        copies_to=copies,
        mark=letter.class_name,
        note=_contact(
            letter.contact_name,
            letter.contact_phone,
            signer=letter.signer,
            leader=(letter.leader_name, letter.leader_phone),
        ),
    )
    blocks: tuple[Block, ...] = tuple(Paragraph(text) for text in texts)
    annexes: tuple[Annex, ...] = (enclosed_sheet(letter.sheet),)
    return OfficialPaper(head, blocks, annexes)


def opinion_paper(letter: OpinionLetter) -> OfficialPaper:
    """关于×届人大×次会议“第×号”建议的会办意见; its own number series."""
    say = wordings({**letter.names.words, "单位": letter.unit, "人大机关": letter.office})
    texts = [
        *say.lines(LetterPart.OPINION_OPENING),
        *paragraphs(letter.opinion),
        *say.lines(LetterPart.OPINION_CLOSING),
    ]
    head = Head(
        issuer=letter.unit,
        title_pieces=(*_title(letter.names), f"{letter.names.noun}的会办意见"),
        date_text=date_words(letter.day),
        addressee=letter.lead_unit,
        number=letter.letter_number or _open_number(letter.day),
        copies_to=letter.office,
        note=_contact(letter.contact_name, letter.contact_phone),
    )
    return OfficialPaper(head, tuple(Paragraph(text) for text in texts))


def _title(names: CaseNames) -> tuple[str, ...]:
    return ("关于", names.congress, names.sitting, names.quoted)


def _open_number(day: dt.date) -> str:
    """Left for the unit's register where no number is given."""
    return f"〔{day.year}〕　　号"


def _contact(name: str, phone: str, *, signer: str = "", leader: tuple[str, str] = ("", "")) -> str:
    """Name and phone of the leader in charge and of the clerk (RULES D2)."""
    parts = [
        f"签发人{signer}" if signer else "",
        f"负责人{leader[0]}" if leader[0] and leader[0] != signer else "",
        f"电话{leader[1]}" if leader[1] else "",
        f"联系人{name}" if name else "",
        f"电话{phone}" if phone else "",
    ]
    return "，".join(filter(None, parts))
