"""What Django's own checks say, in the words of an office clerk."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core import validators
from django.db import models
from django.forms import fields


class LongEnough(MinimumLengthValidator):
    """The library's own sentence has no Chinese translation."""

    def get_error_message(self) -> str:
        return f"密码太短，至少要 {self.min_length} 个字符。"

    def get_help_text(self) -> str:
        return f"密码至少要 {self.min_length} 个字符。"


def speak_plainly() -> None:
    """Replace the translated messages that speak of «变量» and «值»; called once at the start."""
    validators.MaxLengthValidator.message = (
        "最多 %(limit_value)d 个字，现在有 %(show_value)d 个字。"
    )
    validators.MinLengthValidator.message = (
        "至少 %(limit_value)d 个字，现在只有 %(show_value)d 个字。"
    )
    validators.MaxValueValidator.message = "不能大于 %(limit_value)s。"
    validators.MinValueValidator.message = "不能小于 %(limit_value)s。"
    validators.ProhibitNullCharactersValidator.message = (
        "文字里有看不见的控制字符，请删去后再提交。"
    )
    fields.CharField.default_error_messages = {
        **fields.CharField.default_error_messages,
        "required": "请填写。",
    }
    fields.UUIDField.default_error_messages = {"invalid": "页面已经过期，请刷新后再填。"}
    models.Field.default_error_messages = {
        **models.Field.default_error_messages,
        "null": "请填写。",
        "blank": "请填写。",
    }
