import pytest
from django.db import IntegrityError, connection

from congress_portal.core.checks import check_field_key
from congress_portal.core.crypto import (
    decrypt,
    decrypt_bytes,
    encrypt,
    encrypt_bytes,
    keyed_hash,
)
from congress_portal.core.errors import DomainError
from deputies.models import Deputy
from tests.factories.deputies import DeputyFactory

NUMBER = "421299198001010015"


def test_encrypting_twice_gives_two_texts():
    first, second = encrypt(NUMBER), encrypt(NUMBER)

    assert first != second
    assert decrypt(first) == decrypt(second) == NUMBER


def test_the_hash_is_the_same_for_the_same_value_and_key(settings):
    before = keyed_hash(NUMBER)
    assert keyed_hash(NUMBER) == before

    settings.FIELD_KEY = "another key " + "k" * 32

    assert keyed_hash(NUMBER) != before


def test_another_key_is_told_in_chinese(settings):
    secret = encrypt(NUMBER)
    settings.FIELD_KEY = "another key " + "k" * 32

    with pytest.raises(DomainError, match="FIELD_KEY 与加密时的不一致"):
        decrypt(secret)


def test_a_file_that_was_changed_is_refused():
    secret = encrypt_bytes(b"roster")
    assert decrypt_bytes(secret) == b"roster"

    with pytest.raises(DomainError, match="文件被改动"):
        decrypt_bytes(secret[:-2] + b"xx")


@pytest.mark.django_db
def test_an_identity_number_is_not_readable_in_the_database():
    deputy = DeputyFactory(identity_number=NUMBER)

    with connection.cursor() as cursor:
        cursor.execute("SELECT identity_number, identity_hash FROM deputies_deputy")
        stored, digest = cursor.fetchone()

    assert NUMBER not in stored
    assert digest == keyed_hash(NUMBER)
    assert Deputy.objects.get(pk=deputy.pk).identity_number == NUMBER


@pytest.mark.django_db
def test_two_people_cannot_share_an_identity_number():
    DeputyFactory(identity_number=NUMBER)

    with pytest.raises(IntegrityError):
        DeputyFactory(identity_number=NUMBER)


@pytest.mark.django_db
def test_people_without_a_number_do_not_collide():
    DeputyFactory.create_batch(2, identity_number="")

    assert Deputy.objects.filter(identity_hash=None).count() == 2


@pytest.mark.django_db
def test_a_start_with_another_key_is_stopped_before_a_page_fails(settings):
    DeputyFactory()
    settings.FIELD_KEY = "another key " + "k" * 32
    assert check_field_key(["default"]) == []  # nothing is encrypted yet

    settings.FIELD_KEY = "the right key " + "k" * 32
    DeputyFactory(identity_number=NUMBER)
    assert check_field_key(["default"]) == []
    settings.FIELD_KEY = "another key " + "k" * 32
    (fault,) = check_field_key(["default"])
    assert "不是写入这个数据库时用的那一个" in fault.msg
