"""Names, dates and the office's own wordings, as papers write them."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from congress_portal.core.documents.wording import date_words, office_of, paragraphs
from congress_portal.core.enums import TOWN_LEVELS, RegionLevel
from congress_portal.core.models import Region
from deputies.models import Mandate
from suggestions.enums import Kind, LetterPart, Session
from suggestions.models import HandlingRule, LetterText, Suggestion

_WORD = re.compile(r"【([^【】]{1,8})】")
TICKED, UNTICKED = "■", "□"
DATE_BLANK = "　　年　　月　　日"
ORDINALS = "一二三四五六七八九十"

__all__ = [
    "CaseNames", "committee_of", "date_words", "fill", "government_of", "names_of", "numbered",
    "office_of", "paragraphs", "seat_of", "short_date", "ticks", "wordings",
]  # fmt: skip


def short_date(day: dt.date | None) -> str:
    return day.isoformat() if day else "—"


def fill(text: str, words: Mapping[str, str]) -> str:
    """Replace known 【words】 once; unknown ones stay as they are, nothing else is read."""
    return _WORD.sub(lambda found: words.get(found[1], found[0]), text)


@dataclass(frozen=True)
class Wordings:
    """The office's texts with the words of one paper."""

    texts: Mapping[str, str]
    words: Mapping[str, str]

    def text(self, part: LetterPart) -> str:
        return fill(self.texts.get(part, ""), self.words)

    def lines(self, part: LetterPart) -> list[str]:
        return paragraphs(self.text(part))


def wordings(words: Mapping[str, str]) -> Wordings:
    return Wordings(LetterText.objects.all().as_mapping(), words)


def committee_of(region: Region) -> str:
    """The body that reports and is reported to: 常委会, in a town the 主席团."""
    is_town = region.level in TOWN_LEVELS
    return office_of(region) if is_town else f"{region.name}人大常委会"


def government_of(region: Region, rule: HandlingRule) -> str:
    if rule.government_unit:
        return str(rule.government_unit)
    if region.level == RegionLevel.SUBDISTRICT:
        return f"{region.name}办事处"
    if region.level in TOWN_LEVELS:
        return f"{region.name}人民政府"
    return f"{region.name}人民政府办公室"


@dataclass(frozen=True)
class CaseNames:
    """How papers call one suggestion."""

    region: str
    term: str
    sitting: str
    number: str
    title: str
    noun: str

    @property
    def session(self) -> str:
        """«安澜县十八届人大六次会议», «安澜县十八届人大闭会期间»."""
        return f"{self.congress}{self.sitting}"

    @property
    def congress(self) -> str:
        return f"{self.region}{self.term.removeprefix('第')}人大"

    @property
    def quoted(self) -> str:
        return f"“第{self.number}号”" if self.number else "（未编号）"

    @property
    def words(self) -> dict[str, str]:
        return {
            "会次": self.session,
            "编号": self.number,
            "标题": self.title,
            "案别": self.noun,
        }


def names_of(suggestion: Suggestion) -> CaseNames:
    sitting = "闭会期间"
    if suggestion.session == Session.PLENARY:
        sitting = suggestion.meeting.removeprefix("第") or "会议"
    return CaseNames(
        region=suggestion.region.name,
        term=suggestion.term.name if suggestion.term else "",
        sitting=sitting,
        number=suggestion.number,
        title=suggestion.title,
        noun=Kind(suggestion.kind).label,
    )


def seat_of(suggestion: Suggestion) -> Mandate | None:
    """The lead deputy's seat in the congress addressed, on the day it was put forward."""
    rows = suggestion.lead.mandates.select_related("district", "term").order_by("pk")
    found = [row for row in rows if row.region_id == suggestion.region_id]
    day = suggestion.submitted_on
    held = [row for row in found if day and row.first_day <= day <= row.last_day]
    return next(iter(held or found[-1:]), None)


def ticks(choices: list[tuple[str, str]], chosen: str) -> str:
    """«■满意　□基本满意　□不满意»."""
    return "　　".join(
        f"{TICKED if value == chosen else UNTICKED}{label}" for value, label in choices
    )


def numbered(texts: list[str]) -> list[str]:
    """«一是…» would be spoken; papers count 1. 2. 3."""
    return [f"{number}. {text}" for number, text in enumerate(texts, start=1)]
