"""Lists of names in one cell."""

import re

from congress_portal.core.text import squeeze

_SEPARATORS = re.compile(r"[、，；,;､﹑﹐﹔]")
_BLANKS = re.compile(r"[\s\u200b\ufeff\u2000-\u200a\u3000]+")


def split_names(text: str) -> list[str]:
    """The names in a cell, each once, in the order written.

    ``、，；,;`` separate. Blanks separate only where none of those stands in the cell; then two
    neighbouring single characters are one name (``赖　强``). Otherwise blanks belong to a name.
    """
    if _SEPARATORS.search(text):
        parts = [squeeze(part) for part in _SEPARATORS.split(text)]
    else:
        parts = _join_single_characters([squeeze(part) for part in _BLANKS.split(text)])
    return list(dict.fromkeys(part for part in parts if part))


def _join_single_characters(parts: list[str]) -> list[str]:
    joined: list[str] = []
    waiting = ""
    for part in parts:
        if len(part) == 1 and waiting:
            joined.append(waiting + part)
            waiting = ""
        elif len(part) == 1:
            waiting = part
        else:
            if waiting:
                joined.append(waiting)
                waiting = ""
            joined.append(part)
    if waiting:
        joined.append(waiting)
    return joined
