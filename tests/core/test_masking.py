import pytest

from congress_portal.core.masking import mask_identity_number, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三丰", "张**"),
        ("张伟", "张*"),
        ("欧阳䶮", "欧**"),
        ("𠮷田", "𠮷*"),
        ("王", "王"),
        ("", ""),
    ],
)
def test_a_name_keeps_its_first_character(name, masked):
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812340000", "138****0000"),
        ("0729-1234567", "072****4567"),
        ("1234567", "*****67"),
        ("12", "12"),
        ("", ""),
    ],
)
def test_a_phone_keeps_its_ends(phone, masked):
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [("421299198001010015", "421299**********15"), ("12345", "*****"), ("", "")],
)
def test_an_identity_number_keeps_region_and_two_digits(number, masked):
    assert mask_identity_number(number) == masked
