"""What is uploaded, and how its headers are to be read."""

from typing import Any

from django import forms
from django.conf import settings

from congress_portal.core.errors import DomainError
from congress_portal.core.importing.reader import SourceFile, read_sheets
from congress_portal.core.importing.registry import kinds
from congress_portal.desk.imports.files import sources_of

MOST_FILES = 20


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    widget = FilesInput(attrs={"multiple": True, "accept": ".xlsx,.xls,.csv"})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(each, initial) for each in files if each] or [
            super().clean(None, initial)
        ]


class UploadForm(forms.Form):
    """Every file is opened here: one that cannot be read is told, and nothing is kept."""

    files = FilesField(  # type: ignore[assignment]
        label="文件",
        allow_empty_file=True,
        help_text="可以一次选几个文件（.xlsx、.xls、.csv），照原样上传，不必先整理格式。",
        error_messages={"required": "请选择要导入的文件。"},
    )

    def clean_files(self) -> list[SourceFile]:
        uploads = self.cleaned_data["files"]
        limit = settings.IMPORT_MAX_BYTES
        if len(uploads) > MOST_FILES:
            raise forms.ValidationError(f"一次最多上传 {MOST_FILES} 个文件，请分几次。")
        faults = [
            f"「{upload.name}」超过 {limit // 1024 // 1024} MB，请拆成几个文件再上传。"
            for upload in uploads
            if upload.size > limit
        ]
        if faults or sum(upload.size for upload in uploads) > limit * 2:
            raise forms.ValidationError(faults or ["这些文件合起来太大，请分几次上传。"])
        sources = sources_of(uploads)
        self._refuse_unreadable(sources)
        return sources

    def _refuse_unreadable(self, sources: list[SourceFile]) -> None:
        names = [source.name for source in sources]
        twice = sorted({name for name in names if names.count(name) > 1})
        faults = [f"有两个文件都叫「{name}」，请改名后再上传。" for name in twice]
        for source in sources:
            try:
                read_sheets(source)
            except DomainError as error:
                faults.append(error.message)
        if faults:
            raise forms.ValidationError(faults)


class SheetForm(forms.Form):
    """One sheet: its kind, and for each header the column that it feeds.

    ``chosen`` is what was chosen before. A new kind has other columns, so that with a new kind
    the headers are asked for again.
    """

    def __init__(
        self, data: Any, *, sheet: dict[str, Any], chosen: dict[str, Any], prefix: str
    ) -> None:
        super().__init__(data, prefix=prefix)
        self.sheet, self.chosen = sheet, chosen
        self.kind = chosen.get("kind") or sheet["kind"]
        self.headers = list(sheet["columns"])
        nothing = "（自动识别）" if sheet["kind"] else "（不导入）"
        self.fields["kind"] = forms.ChoiceField(
            label="这张表是",
            required=False,
            initial=self.kind,
            choices=[("", nothing), *((name, name) for name in kinds())],
        )
        if data is None or data.get(f"{prefix}-kind", "") == self.kind:
            self._add_headers()

    def _add_headers(self) -> None:
        options = [("", "（不用）"), *((column, column) for column in _columns_of(self.kind))]
        for index, header in enumerate(self.headers):
            self.fields[f"h{index}"] = forms.ChoiceField(
                label=header,
                required=False,
                initial=self.chosen.get("columns", {}).get(header, self.sheet["columns"][header]),
                choices=options,
            )

    def header_fields(self) -> list[Any]:
        """The headers' fields, where the kind says which columns there are."""
        return [self[name] for name in self.fields if name != "kind"] if self.kind else []

    def _changed_columns(self) -> dict[str, str]:
        given = {
            header: self.cleaned_data[f"h{index}"]
            for index, header in enumerate(self.headers)
            if f"h{index}" in self.cleaned_data
        }
        return {h: column for h, column in given.items() if column != self.sheet["columns"][h]}

    def mapping(self) -> dict[str, Any]:
        """What the engine takes: what the clerk chose otherwise than was recognised."""
        kind = self.cleaned_data["kind"]
        by_hand = kind and (kind != self.sheet["kind"] or kind == self.chosen.get("kind"))
        answer: dict[str, Any] = {"kind": kind} if by_hand else {}
        if kind == self.kind:
            answer["columns"] = {**self.chosen.get("columns", {}), **self._changed_columns()}
        return answer

    def synonyms(self) -> list[tuple[str, str, str]]:
        """(kind, header, column) of what was chosen now."""
        changed = self._changed_columns() if self.kind else {}
        return [(self.kind, header, column) for header, column in changed.items() if column]


def _columns_of(kind: str) -> list[str]:
    known = kinds()
    return [c.header for c in known[kind].columns().values()] if kind in known else []
