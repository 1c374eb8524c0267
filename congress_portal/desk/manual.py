"""The office's manual, kept as plain Markdown under docs/manual/, shown in the portal.

Only what a manual needs is read: headings, paragraphs, lists, **bold** and `code`; all text is
escaped, so that a chapter can never bring markup of its own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

MANUAL_DIR = Path(settings.BASE_DIR) / "docs" / "manual"
_NAME = re.compile(r"^[0-9]{2}-[a-z0-9-]+$")
_ITEM = re.compile(r"^(?:-|(\d+)\.) +(.*)$")


@dataclass(frozen=True)
class Chapter:
    slug: str
    title: str
    text: str

    @property
    def html(self) -> SafeString:
        return mark_safe("\n".join(_blocks(self.text)))  # noqa: S308 - every run is escaped


def chapters() -> list[Chapter]:
    """In the order of their file names; the first line of a file is its title."""
    found = []
    for path in sorted(MANUAL_DIR.glob("*.md")):
        if _NAME.match(path.stem):
            title, _, text = path.read_text(encoding="utf-8").partition("\n")
            found.append(Chapter(path.stem, title.lstrip("# ").strip(), text))
    return found


def _inline(text: str) -> str:
    text = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(text))
    return re.sub(r"`(.+?)`", r"<code>\1</code>", text)


def _blocks(text: str) -> Iterator[str]:
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = block.splitlines()
        if not lines:
            continue
        if heading := re.match(r"^(#{2,3}) +(.*)$", lines[0]):
            level = len(heading[1])
            yield f"<h{level}>{_inline(heading[2])}</h{level}>"
            lines = lines[1:]
        if lines and _ITEM.match(lines[0]):
            yield _list(lines)
        elif lines:
            yield f"<p>{_inline(''.join(line.strip() for line in lines))}</p>"


def _list(lines: list[str]) -> str:
    tag = "ol" if lines[0][0].isdigit() else "ul"
    items: list[str] = []
    for line in lines:
        if match := _ITEM.match(line):
            items.append(match[2])
        else:
            items[-1] += line.strip()
    return f"<{tag}>{''.join(f'<li>{_inline(item)}</li>' for item in items)}</{tag}>"
