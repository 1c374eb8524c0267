"""A person's calendar feed: its address is the only key, and can be made void."""

import secrets

from django.db import transaction

from activities.models import CalendarFeed
from congress_portal.core.audit import delete_recorded, save_recorded
from congress_portal.core.crypto import keyed_hash
from congress_portal.core.models import User

_BYTES = 32


@transaction.atomic
def open_feed(*, actor: User) -> CalendarFeed:
    """A new address; the one before, if any, stops working."""
    User.objects.select_for_update(of=("self",)).get(pk=actor.pk)
    feed = CalendarFeed.objects.filter(user=actor).first() or CalendarFeed(user=actor)
    feed.token = secrets.token_urlsafe(_BYTES)
    feed.token_hash = keyed_hash(feed.token)
    save_recorded(feed)
    return feed


@transaction.atomic
def close_feed(*, actor: User) -> bool:
    """Whether there was one to close."""
    feed = CalendarFeed.objects.filter(user=actor).first()
    if feed is None:
        return False
    delete_recorded(feed)
    return True


def owner_of_feed(token: str) -> User | None:
    """Whose address this is; nobody's, once it is void or the account is closed."""
    feed = CalendarFeed.objects.select_related("user").filter(token_hash=keyed_hash(token)).first()
    return feed.user if feed and feed.user.is_active else None
