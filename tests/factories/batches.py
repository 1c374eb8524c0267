"""Batches of a kind that tests steer: what it makes, refuses and forbids is said by the test."""

import uuid

import factory

from congress_portal.core.batches.registry import ItemOrder, Order
from congress_portal.core.errors import DomainError
from congress_portal.core.models import Batch, BatchItem
from tests.factories.core import staff


class Steered:
    """Papers whose key begins with «bad» are refused, with «bug» break the program."""

    code = "steered"

    def __init__(self):
        self.made, self.is_allowed, self.before = [], True, lambda item: None

    def make(self, batch, item):
        self.before(item)
        self.made.append(item.key)
        if item.key.startswith("bad"):
            raise DomainError("这一份没有记录。")
        if item.key.startswith("bug"):
            raise ZeroDivisionError
        return f"paper {item.key}".encode()

    def may_take(self, batch, user):
        return self.is_allowed


def order(*keys, names=None, kind="steered", **arguments):
    items = [ItemOrder(key, f"第{key}份", (names or {}).get(key, f"镇/{key}.pdf")) for key in keys]
    return Order(kind, "试做的文件", "试做", items, arguments)


class BatchFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Batch

    actor = factory.LazyFunction(staff)
    kind = "steered"
    title = "试做的文件"
    order = factory.LazyFunction(lambda: uuid.uuid4().hex)


class BatchItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = BatchItem

    batch = factory.SubFactory(BatchFactory)
    serial = factory.Sequence(lambda n: n)
    key = factory.Sequence(str)
    label = "一份"
    file_name = "一份.pdf"
