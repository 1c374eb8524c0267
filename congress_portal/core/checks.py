"""What ``manage.py check`` and ``migrate`` say before anybody meets it on a page.

What this machine lacks for papers: reading all installed fonts takes seconds the first time, so
other commands are left alone. Whether FIELD_KEY is the one that the database was written with.
"""

import sys
from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register
from django.db import DatabaseError, connections

from congress_portal.core.crypto import EncryptedCharField
from congress_portal.core.errors import DomainError

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


@register(Tags.database)
def check_field_key(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """One encrypted value of the database is read; with another key every page would fail."""
    for alias in databases or ():
        tables = set(connections[alias].introspection.table_names())
        models = [each for each in apps.get_models() if each._meta.db_table in tables]
        fields = [field for each in models for field in each._meta.fields]
        for field in fields:  # none before the first migrate
            if isinstance(field, EncryptedCharField) and (fault := _unread(field, alias)):
                return [fault]
    return []


def _unread(field: EncryptedCharField, alias: str) -> CheckMessage | None:
    rows = field.model._base_manager.using(alias).exclude(**{field.name: ""})
    try:
        rows.values_list(field.name, flat=True).order_by("-pk").first()
    except DomainError:
        text = "FIELD_KEY 不是写入这个数据库时用的那一个，已登记的身份证号码等读不出来。"
        hint = "请找回原来的 FIELD_KEY（开发环境在 var/field_key.txt），再启动平台。"
        return Error(text, hint=hint, id="core.E001")
    except DatabaseError:  # a column that this very migrate will add
        return None
    return None
