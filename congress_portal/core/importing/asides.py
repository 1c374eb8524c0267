"""Rows under a header that are no data: sums, notes, sign-offs, dates, titles and headers again.

They are neither records nor refusals; the report says which rows were passed over. A row that
could be somebody's name stays data: what is passed over here no name can look like.
"""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from congress_portal.core.importing.text import cell_text
from congress_portal.core.text import normal, squeeze

Cells = Sequence[Any]

_LONGEST = 200
_SUMS = frozenset(
    ["合计", "总计", "小计", "共计", "累计", "总数", "汇总", "平均", "平均值", "本页合计",
     "本页小计", "总合计"]
)  # fmt: skip
_SUM = re.compile(r"^(?:合计|总计|小计|共计|累计|汇总)|(?:合计|总计|小计)[:：]?$")
_NOTE = re.compile(
    r"^[*※(\[]?(?:注|备注|说明|附注|附|填报|填表|制表|制单|审核|审签|复核|负责人|经办|联系人|联系电话|单位"
    r"|报送|报表|统计|截止|截至|日期|资料来源|数据来源|以上|以下)[^:：]{0,10}[:：]|^(?:注|说明)\d*[:：.、]"
)
# What stands in a cell of such a row and can be no name of a person, a unit or a place.
_COUNT = r"[\d.]+(?:[人件个名户家条次份项位票%]|小时|学时)?"
_PLAIN_SUM = re.compile(
    r"^(?:本页|本表|全县|全镇)?(?:合计|总计|小计|共计|累计|汇总|总数)(?:$|[:：]|共?\d|[男女])"
    r"|^(?:本页|本表|以上)?共[计有]?[\d一二三四五六七八九十百]+[人件个名户家条次份项位](?!.*[局委办会院所])"
)
_QUANTITY = re.compile(rf"(?:(?:其中)?[男女共]?[:：]?{_COUNT}[,;、]?)+")
_REMARK = re.compile(r"^(?:以上|以下)|^(?:注|备注|附注|说明)[:：]?$")
_SECTION = re.compile(r"^(?:[一二三四五六七八九十]+[、.]|\([一二三四五六七八九十]+\))")
_TITLE = re.compile(r"(?:表|名册|名单|目录|台账|登记|登记簿|一览|情况|汇总)(?:\(.*\))?$")
_DAY = re.compile(r"(?:\d{4}|[〇零○一二三四五六七八九]{4})[年./-].{1,3}[月./-].{1,3}日?")


def is_blank(cell: Any) -> bool:
    if isinstance(cell, str):
        return not cell or (not cell[0].isalnum() and not squeeze(cell))
    return cell is None


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float) or (isinstance(cell, str) and cell.strip().isdigit())


class Asides:
    """Tells them apart for one sheet.

    ``above``: the rows over the header; ``headers``: the header's own rows and, last, the
    texts under which its columns are known; ``needed``: the cells of each column without which
    there is no record.
    """

    def __init__(
        self,
        above: Sequence[Cells],
        headers: Sequence[Cells],
        needed: Sequence[tuple[int, ...]],
    ) -> None:
        self._headers = [[normal(cell_text(cell)) for cell in row] for row in headers]
        self._header_words = {cell for row in self._headers for cell in row}
        self._titles = {
            normal(cell_text(cell)) for row in above for cell in row if not is_blank(cell)
        }
        self._needed = needed

    def is_aside(self, row: Cells, following: Sequence[Cells]) -> bool:
        """``following``: the rows after this one, as far as titles reach over a header."""
        first = next((cell for cell in row if not is_blank(cell) and not _is_number(cell)), "")
        if isinstance(first, dt.date):
            first = first.isoformat()[:10]
        if not isinstance(first, str) or len(first) > _LONGEST:
            return False
        word = normal(first)
        if word in _SUMS or (word in self._header_words and self.is_header(row)):
            return True
        if _SUM.search(word) or _NOTE.search(word) or _PLAIN_SUM.search(word):
            return self._is_remark(row, word)
        alone = sum(not is_blank(cell) for cell in row) == 1
        return alone and self._stands_alone(word, following)

    def _is_remark(self, row: Cells, word: str) -> bool:
        """Whether a row that begins like a sum or a note is one."""
        incomplete = any(all(is_blank(row[i]) for i in indexes) for indexes in self._needed)
        if incomplete and (_SUM.search(word) or _NOTE.search(word)):
            return True
        told = [normal(cell_text(cell)) for cell in row if not is_blank(cell)]
        most = 1 if len(self._needed) == 1 else 0
        return bool(_PLAIN_SUM.search(word) or _NOTE.search(word)) and _names(told) <= most

    def is_header(self, row: Cells) -> bool:
        """Whether a row is the header once more (printed pages repeat it)."""
        written = [normal(cell_text(cell)) for cell in row]
        told = [(index, cell) for index, cell in enumerate(written) if cell]
        return len(told) > 1 and any(
            all(index < len(header) and header[index] == cell for index, cell in told)
            for header in self._headers
        )

    def _stands_alone(self, word: str, following: Sequence[Cells]) -> bool:
        """Whether the only text of a row is a title, a heading, a day or a remark."""
        if word in self._titles or _DAY.fullmatch(word):
            return True
        if _REMARK.search(word) or _SECTION.search(word):
            return True
        titled = _TITLE.search(word) or any(word.startswith(title) for title in self._titles)
        after = next((row for row in following if not all(map(is_blank, row))), ())
        return bool(titled) and self.is_header(after)


def _names(told: Sequence[str]) -> int:
    """How many texts of a row might name something: no label, not what follows a label."""
    found, after_label = 0, False
    for text in told:
        plain = _PLAIN_SUM.search(text) or _NOTE.search(text) or _DAY.fullmatch(text)
        known = plain or text in _SUMS or _QUANTITY.fullmatch(text) or after_label
        found += not known
        after_label = text.endswith((":", "："))
    return found
