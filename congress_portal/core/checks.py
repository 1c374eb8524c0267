"""``manage.py check`` says what this machine lacks for papers, before anybody needs one.

Reading all installed fonts takes seconds the first time, so other commands are left alone.
"""

import sys
from typing import Any

from django.core.checks import CheckMessage, Info, Warning, register

_ADVICE = "apt-get install fonts-noto-cjk fonts-lxgw-wenkai texlive-lang-chinese"


@register
def check_documents(**_: Any) -> list[CheckMessage]:
    """Missing fonts are warnings, better faces a remark: papers are right without those."""
    return document_faults() if sys.argv[1:2] == ["check"] else []


def document_faults() -> list[CheckMessage]:
    """What is missing for good papers, worst first."""
    # Reason for the inline imports: fontTools costs 0.2 s, and every command would pay it.
    from congress_portal.core.documents.errors import PdfError  # noqa: PLC0415
    from congress_portal.core.documents.fonts import missing_faces, stack  # noqa: PLC0415
    from congress_portal.core.documents.subsets import harfbuzz_subset  # noqa: PLC0415

    faults: list[CheckMessage] = []
    try:
        stack("body")
    except PdfError as error:
        faults.append(Warning(error.message, id="core.W001"))
    else:
        if missing := missing_faces():
            text = f"公文字体不全，已用现有字体代替，缺：{'、'.join(missing)}。"
            hint = f"可安装：{_ADVICE}；或在 DOCUMENT_FONTS 中写明单位已有的字体。"
            faults.append(Info(text, hint=hint, id="core.W002"))  # Noto alone is correct
    if not harfbuzz_subset():
        text = "没有 libharfbuzz-subset，生成 PDF 会慢很多。"
        faults.append(Warning(text, hint="apt-get install libharfbuzz-subset0", id="core.W003"))
    return faults
