"""A sum for addresses that send often: people work it out, machines mostly do not."""

from typing import Any, cast

from django import forms

from suggestions.services.voices.intake import is_right, new_question


class AskingForm(forms.Form):
    """``ask`` adds the sum. Who first meets it after sending is told why, not that it was wrong."""

    def ask(self) -> None:
        question, signed = new_question()
        told = "这个网络地址今天已经发过几次，请先算出这道题，再提交。"
        self.fields["answer"] = forms.CharField(
            label=question, max_length=8, error_messages={"required": told}
        )
        self.fields["signed"] = forms.CharField(
            label="这一题", widget=forms.HiddenInput, initial=signed, required=False
        )
        self.fresh = signed

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        answer, signed = str(data.get("answer", "")), str(data.get("signed", ""))
        if answer and not is_right(answer, signed):
            self.add_error("answer", "答案不对，请再看一遍题目。")
        return data

    def ask_again(self) -> None:
        """A page shown once more carries its own sum, not the old answer."""
        if "signed" in self.fields and self.is_bound:
            sent = cast("Any", self.data).copy()  # a QueryDict
            sent["answer"], sent["signed"] = "", self.fresh
            self.data = sent
