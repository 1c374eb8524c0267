"""The check code of a bulletin: a picture to scan that leads to the frozen figures."""

import io
from decimal import Decimal

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import mark_safe

from congress_portal.core.documents.blocks import Block, Figure
from congress_portal.evaluations.models import ScoreSheet

_DIGITS = 12  # of the digest: enough that nobody makes another sheet with the same ones
_SCALE = Decimal("2.4")  # px a module: some 25 mm on paper


def code_of(sheet: ScoreSheet) -> str:
    """The first digits of the digest of the frozen data."""
    return sheet.digest[:_DIGITS]


def check_block(sheet: ScoreSheet) -> list[Block]:
    """Nothing for a draft: its figures may still change."""
    if not sheet.is_published:
        return []
    code = code_of(sheet)
    address = f"{settings.SITE_URL}{reverse('evaluations:by_code', args=[sheet.pk, code])}"
    picture = segno.make(address, error="q", micro=False)
    out = io.BytesIO()
    picture.save(out, kind="svg", scale=float(_SCALE), border=2, xmldecl=False, nl=False)
    svg = out.getvalue().decode()
    caption = f"核验码 {code}：扫码登录后，可以看到平台封存的数字"
    return [Figure(caption, mark_safe(svg))]  # noqa: S308 - squares only, no text
