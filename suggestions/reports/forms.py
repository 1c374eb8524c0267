"""The suggestion form (RULES D3), filled from a row or blank for the pen; one number space."""

from dataclasses import dataclass

from congress_portal.core.documents.blocks import Cell, FormPaper, Grid, Line, Note
from congress_portal.core.models import Region, User
from suggestions.enums import CoSignerState, Kind, LetterPart, Party, Session
from suggestions.models import CoSigner, Suggestion
from suggestions.reports.wording import (
    DATE_BLANK,
    date_words,
    names_of,
    office_of,
    seat_of,
    ticks,
    wordings,
)
from suggestions.selectors import parties_of

_WIDTHS = (13, 19, 13, 19, 13, 23)
_YES_NO = [("yes", "是"), ("no", "否")]
_NAMES = {
    Kind.SUGGESTION: ("代表建议、批评和意见", "表"),
    Kind.MOTION: ("代表议案", "表"),
}
_PARTS = {
    Kind.SUGGESTION: ("案由", "情况", "分析", "具体建议"),
    Kind.MOTION: ("案由", "案据", "分析", "方案"),
}
_HEIGHTS = (16, 56, 44, 165)  # a blank sheet: the front, and the back from 具体建议 on


@dataclass(frozen=True)
class FormFacts:
    """Everything the form shows; empty fields are left for the pen.

    ``phone`` is filled for staff and the lead deputy; ``certificate`` (代表证号) is the number of
    the roster, where it has one; ``sections`` pairs a label with its text.
    """

    kind: Kind
    congress: str
    office: str
    number: str = ""
    year: int | None = None
    session: str = ""
    title: str = ""
    field: str = ""
    session_kind: str = ""
    submitted_on: str = ""
    lead: str = ""
    certificate: str = ""
    delegation: str = ""
    district: str = ""
    employer: str = ""
    phone: str = ""
    cosigners: tuple[str, ...] = ()
    one_matter: str = ""
    consents: str = ""
    wants_meeting: str = ""
    units: str = ""
    sections: tuple[tuple[str, str], ...] = ()
    decision: str = ""


def suggestion_facts(suggestion: Suggestion, reader: User) -> FormFacts:
    """The row must be one the reader takes part in; staff and the lead deputy read the phone."""
    kind = Kind(suggestion.kind)
    names = names_of(suggestion)
    seat = seat_of(suggestion)
    parties = parties_of(reader, suggestion)
    return FormFacts(
        kind=kind,
        congress=_congress(suggestion.region, names.term),
        office=office_of(suggestion.region),
        number=suggestion.number,
        year=suggestion.year,
        session=names.session,
        title=suggestion.title,
        field=suggestion.field.name if suggestion.field else "",
        session_kind=suggestion.session,
        submitted_on=date_words(suggestion.submitted_on) if suggestion.submitted_on else "",
        lead=suggestion.lead.name,
        certificate=str(seat.serial) if seat and seat.serial else "",
        delegation=seat.delegation if seat else "",
        district=str(seat.district) if seat and seat.district else "",
        employer=suggestion.lead.employer,
        phone=suggestion.lead.phone if parties & {Party.OFFICE, Party.LEAD} else "",
        cosigners=_cosigners(suggestion, parties),
        one_matter=_yes(suggestion.is_one_matter),
        consents=_yes(suggestion.consents_to_publication),
        wants_meeting=_yes(suggestion.wants_meeting),
        units="、".join(str(unit) for unit in suggestion.proposed_units.order_by("pk")),
        sections=_sections(suggestion, kind),
        decision=_decision(suggestion),
    )


def blank_facts(kind: Kind, region: Region, term: str = "") -> FormFacts:
    return FormFacts(
        kind=kind,
        congress=_congress(region, term),
        office=office_of(region),
        sections=tuple((label, "") for label in _PARTS[kind]),
    )


def suggestion_form(suggestion: Suggestion, reader: User) -> FormPaper:
    """The form as it was put forward, with signature line."""
    return form_paper(suggestion_facts(suggestion, reader))


def blank_form(kind: Kind, region: Region, term: str = "") -> FormPaper:
    """One page to fill in by hand; staff enter it as 代录 and it is numbered in the same series."""
    return form_paper(blank_facts(kind, region, term))


def _congress(region: Region, term: str) -> str:
    return f"{region.name}{term}人民代表大会"


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _cosigners(suggestion: Suggestion, parties: frozenset[Party]) -> tuple[str, ...]:
    """Everybody's answer for staff and proposers, to units only who has confirmed."""
    rows = suggestion.cosignatures.select_related("deputy").order_by("serial", "pk")
    inner = bool(parties & {Party.OFFICE, Party.PROPOSER})
    shown = [row for row in rows if inner or row.state == CoSignerState.CONFIRMED]
    return tuple(f"{row.deputy.name}（{_answer(row)}）" for row in shown)


def _answer(row: CoSigner) -> str:
    if row.on_paper:
        return "纸面签名"
    if row.state == CoSignerState.CONFIRMED and row.decided_at:
        return f"{row.decided_at:%Y-%m-%d}确认"
    return str(row.get_state_display())


def _sections(suggestion: Suggestion, kind: Kind) -> tuple[tuple[str, str], ...]:
    texts = (
        suggestion.reason,
        suggestion.situation,
        suggestion.analysis,
        suggestion.proposal,
    )
    found = tuple((label, text) for label, text in zip(_PARTS[kind], texts, strict=True) if text)
    return found or (("内容", suggestion.content),)


def _decision(suggestion: Suggestion) -> str:
    if not suggestion.number:
        return ""
    day = f"，{date_words(suggestion.accepted_on)}" if suggestion.accepted_on else ""
    return f"经审核予以受理，编为第{suggestion.number}号{day}。"


def form_paper(facts: FormFacts) -> FormPaper:
    say = wordings({"人大机关": facts.office})
    name, form = _NAMES[facts.kind]
    year = str(facts.year) if facts.number else "　　　"
    remark = LetterPart.MOTION_REMARK if facts.kind == Kind.MOTION else LetterPart.FORM_REMARK
    remarks = [] if facts.title else [Note(text) for text in say.lines(remark)]
    return FormPaper(
        title_pieces=(facts.congress, f"{name}{form}"),
        author=facts.office,
        left=f"编号：〔{year}〕第{facts.number or '　　　　'}号",
        right=f"会次：{facts.session or '　　　　　　　　　　'}",
        blocks=(Grid(_WIDTHS, _lines(facts)), *remarks),
    )


def _lines(facts: FormFacts) -> tuple[Line, ...]:
    head = [
        Line((Cell("标题", kind="label"), Cell(facts.title, 5)), 14),
        _trio(
            ("类别", facts.field),
            ("提出时间", Session(facts.session_kind).label if facts.session_kind else ""),
            ("提出日期", facts.submitted_on),
        ),
        _trio(("领衔代表", facts.lead), ("代表团", facts.delegation), ("选区", facts.district)),
        _trio(
            ("单位职务", facts.employer),
            ("代表证号", facts.certificate),
            ("联系电话", facts.phone),
        ),
        Line((Cell("联名代表", kind="label"), Cell("、".join(facts.cosigners), 5)), 20),
        _trio(
            ("一事一议", ticks(_YES_NO, facts.one_matter)),
            ("同意公开", ticks(_YES_NO, facts.consents)),
            ("要求面商", ticks(_YES_NO, facts.wants_meeting)),
        ),
        Line((Cell("建议\n承办单位", kind="label"), Cell(facts.units, 5))),
    ]
    text = [
        Line((Cell(label, kind="label"), Cell(words, 5, "text")), height if not words else 14)
        for (label, words), height in zip(facts.sections, _HEIGHTS, strict=False)
    ]
    sign = f"签名：　　　　　　　　　{DATE_BLANK}"
    tail = [
        Line((Cell("领衔代表\n签名", kind="label"), Cell("", 5, "text", tail=sign)), 14),
        Line(
            (
                Cell("人大机关\n审核意见", kind="label"),
                Cell(facts.decision, 5, "text", tail=DATE_BLANK if not facts.decision else ""),
            ),
            20,
        ),
    ]
    return tuple(head + text + tail)


def _trio(*pairs: tuple[str, str]) -> Line:
    cells: list[Cell] = []
    for label, value in pairs:
        cells += [Cell(label, kind="label"), Cell(value, kind="centre")]
    return Line(tuple(cells))
