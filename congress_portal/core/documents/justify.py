"""Even right edges for Chinese text: WeasyPrint 70 stretches blanks only, and Chinese has none.

A line that kinsoku rules leave short by a character or two is spread between its characters, as
Word does (text-justify: inter-character). One function of WeasyPrint is replaced; the version is
bound in pyproject, and a test measures the right edge.
"""

from collections.abc import Iterator
from typing import Any

from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline

_MOST = 0.2  # em between two characters; a line that is shorter than that stays ragged


def install() -> None:
    """Let justified lines with Chinese text be spread between characters."""
    inline.justify_line = _justify_line


def _texts(box: Any) -> Iterator[Any]:
    for child in box.children:
        if isinstance(child, boxes.TextBox):
            yield child
        elif isinstance(child, boxes.InlineBox):
            yield from _texts(child)


def _justify_line(context: Any, line: Any, extra_width: float) -> None:
    """Replaces ``weasyprint.layout.inline.justify_line``; lengths are CSS pixels."""
    texts = [box for box in _texts(line) if box.text]
    gaps = sum(len(box.text) for box in texts) - 1
    if extra_width <= 0 or gaps < 1:
        return
    each = extra_width / gaps
    if each <= _MOST * texts[0].style["font_size"]:
        _spread(line, each, -each / 2)  # Pango puts half of the spacing before the first glyph


def _spread(box: Any, each: float, advance: float) -> float:
    """Widen the texts in ``box`` and move what follows; returns how far the next one moves."""
    for child in box.children:
        if isinstance(child, boxes.TextBox):
            child.position_x += advance
            style = child.style.copy()
            spacing = style["letter_spacing"]
            style["letter_spacing"] = (0 if spacing == "normal" else spacing) + each
            child.style = style
            child.width += each * len(child.text)
            advance += each * len(child.text)
        elif isinstance(child, boxes.InlineBox):
            before = advance
            child.position_x += advance
            advance = _spread(child, each, advance)
            child.width += advance - before
        elif child.is_in_normal_flow():
            child.translate(advance, 0)
    return advance
