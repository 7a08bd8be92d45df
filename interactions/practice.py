"""Practice customers of a sandbox: conversations that wait for trainees, about what its reasons name."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from core.errors import NotFound, RoomError
from interactions.actions import open_conversation
from interactions.choices import DispositionKind
from interactions.models import Disposition, Inbox
from tenants.audit import audit
from tenants.choices import BrandKind
from tenants.scope import tenant_scope
from tenants.values import BrandCard, Grant

MOST_PRACTICE = 20
KEPT = timedelta(days=30)
NAMES = ("Kim", "Robin", "Sasha", "Alex", "Noor", "Jo", "Mika", "Sam")
OPENINGS = (
    gettext_lazy("Hello, I have a question. It is about: %(reason)s."),
    gettext_lazy("This is the second time I write about it: %(reason)s. Can you help me?"),
    gettext_lazy("Hi! %(reason)s: what do I have to do?"),
    gettext_lazy("I am not happy at all. %(reason)s - and nobody has answered me yet."),
)


class NotSoMany(RoomError):
    """That is no number of customers that can be sent at once."""

    status = 422
    code = "count"


def send_practice(brand: BrandCard, count: int, *, grant: Grant, actor: str, now: datetime) -> int:
    """Let `count` customers write, over all lines in turn; they wait until somebody answers.

    Raises NotFound for a brand that is no sandbox, NotSoMany.
    """
    if brand.kind != BrandKind.SANDBOX:
        raise NotFound
    if not 0 < count <= MOST_PRACTICE:
        raise NotSoMany(gettext_lazy("Send 1 to %(most)d customers at once.") % {"most": MOST_PRACTICE})
    language = brand.locales[0] if brand.locales else "en"
    with transaction.atomic():
        with tenant_scope(brand, grant), override(language):
            count = _write(brand, count, language=language, now=now)
        audit("sandbox.practised", actor=actor, brand_id=brand.id, diff={"customers": count}, now=now)
    return count


def _write(brand: BrandCard, count: int, *, language: str, now: datetime) -> int:
    inboxes = list(Inbox.objects.select_related("queue").order_by("pk"))
    reasons = Disposition.objects.filter(kind=DispositionKind.REASON, active=True, not_a_contact=False)
    labels = list(reasons.order_by("position").values_list("label", flat=True)) or [_("Something else")]
    for n in range(count if inboxes else 0):
        said = str(OPENINGS[n % len(OPENINGS)]) % {"reason": labels[n % len(labels)]}
        open_conversation(
            uuid4().hex * 2, inbox=inboxes[n % len(inboxes)], client_id=uuid4(), body=said,
            language=language, page="", expires_at=now + KEPT, contact_name=NAMES[n % len(NAMES)],
            timezone=brand.timezone, is_test=True, waits=True, now=now,
        )  # fmt: skip
    return count if inboxes else 0
