"""Cells and headers as text: the forms in which they are parsed, compared and named.

Built on ``congress_portal.core.text``: what is stored and printed stays as written.
"""

import re
import unicodedata
from functools import lru_cache

from congress_portal.core.text import normal, squeeze

_DOTS = str.maketrans(dict.fromkeys("•・‧∙⋅.", "·"))
_BRACKETED = re.compile(r"[(\[【〔][^()\[\]【】〔〕]*[)\]】〕]")
_HEADER_NOISE = re.compile(r"^[*★※]+|^\d+[.、)]|[*★※:;。,]+$")
_EXCEL_ERRORS = frozenset(
    {"#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#GETTING_DATA"}
)


@lru_cache(maxsize=100_000)
def parsable(text: str) -> str:
    """Half-width (NFKC), without blanks and invisible marks: the form that values are read from."""
    if text.isascii() and text.isalnum():
        return text
    return tidy_name(unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=100_000)
def tidy_name(text: str) -> str:
    """A name as it is kept: as written, without its blanks and invisible marks."""
    return text if text.isprintable() and " " not in text else squeeze(text)


@lru_cache(maxsize=50_000)
def fold_name(name: str) -> str:
    """A person's name for comparing; the dots inside minority names are one dot."""
    return normal(name).translate(_DOTS)


@lru_cache(maxsize=20_000)
def header_keys(text: str) -> tuple[str, ...]:
    """The forms under which a header is looked up, the most exact first.

    ``*面积（㎡）：`` gives ``面积(m2)`` and ``面积``.
    """
    whole = _HEADER_NOISE.sub("", normal(text))
    short = _HEADER_NOISE.sub("", _BRACKETED.sub("", whole))
    return (whole, short) if short and short != whole else (whole,)


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet would execute the text (``=``, ``+``, ``-`` and ``@`` in front)."""
    plain = parsable(text)
    return plain[:1] in {"=", "+", "-", "@"} and len(plain) > 1


def is_excel_error(text: str) -> bool:
    """Whether the cell shows one of Excel's own faults such as ``#REF!``."""
    return text.startswith("#") and text.strip().upper() in _EXCEL_ERRORS


def cell_text(value: object) -> str:
    """A cell as the person sees it: whole numbers without ``.0``, dates as 2026-01-05."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
