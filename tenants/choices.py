"""The words of this room's columns."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BrandKind(models.TextChoices):
    """A sandbox trains people and counts nowhere; a demo shows the product."""

    CLIENT = "client", _("Client")
    SANDBOX = "sandbox", _("Sandbox")
    DEMO = "demo", _("Demo")


class BrandState(models.TextChoices):
    """`soft` is open to some visitors alone (tenants.onboarding.soft), `live` to all of them."""

    PREPARING = "preparing", _("Preparing")
    ONBOARDING = "onboarding", _("Onboarding")
    SOFT = "soft", _("Soft launch")
    LIVE = "live", _("Live")
    PAUSED = "paused", _("Paused")
    FROZEN = "frozen", _("Frozen")
    GONE = "gone", _("Gone")


class DomainKind(models.TextChoices):
    """`base` is `<slug>.<BASE_HOST>`, `custom` the client's own name, good once verified."""

    BASE = "base", _("Ours")
    CUSTOM = "custom", _("The client's")


class LogoKind(models.TextChoices):
    """Of what kind a logo is as it is served; every bitmap becomes a PNG."""

    PNG = "png", _("PNG")
    SVG = "svg", _("SVG")


class EndpointKind(models.TextChoices):
    WEBCHAT = "webchat", _("Web chat")


class EndpointState(models.TextChoices):
    """A `test` entrance has a key that only our own test page knows; what comes in by it counts nowhere."""

    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    TEST = "test", _("For tests")


class DraftState(models.TextChoices):
    """A draft is plain data until it is applied: then its brand stands, to be tested, and can be undone."""

    DRAFT = "draft", _("Draft")
    APPLIED = "applied", _("Built")
    UNDONE = "undone", _("Undone")
    LIVE = "live", _("Live")


class BulkState(models.TextChoices):
    """An edit over several clients: looked at, then applied client by client, perhaps taken back so too."""

    DRAFT = "draft", _("Draft")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    UNDOING = "undoing", _("Being taken back")
    UNDONE = "undone", _("Taken back")


class BulkOutcome(models.TextChoices):
    """What became of one client of it."""

    WAITING = "waiting", _("Waiting")
    APPLIED = "applied", _("Changed")
    SAME = "same", _("Nothing to change")
    FAILED = "failed", _("Failed")
    UNDONE = "undone", _("Taken back")


class FleetState(models.TextChoices):
    """How a brand's schema came out of the last migration."""

    CURRENT = "current", _("Current")
    FAILED = "failed", _("Failed")
