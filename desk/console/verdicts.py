"""The words of the router's reasons: what keeps an item from an agent, and how a score came to count."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VERDICTS: dict[str, Promise] = {
    "free": _("Is asked next"),
    "pool": _("In no pool of the queue, or no seat or certification for the client"),
    "overflow": _("Would help, but the queue is not in need"),
    "resting": _("Rests: a full hour, or hard contacts in a row"),
    "closed": _("The queue is closed: this waits until it opens"),
    "later": _("Helps after a longer wait"),
    "full": _("Has no units free"),
    "channel": _("Has as many of this channel as they may"),
    "brand": _("Has as many of this client as they may"),
    "interrupted": _("Is on work that is not interrupted"),
    "skill": _("Cannot do what is asked, at this point of the wait"),
    "refused": _("Has just refused it"),
    "kept": _("It is kept for the last agent for a moment"),
}
ARMS: dict[str, Promise] = {
    "scored": _("by score"),
    "holdout": _("held out from the score, to compare by"),
    "late": _("the score was late: decided by strategy"),
    "failed": _("the score failed: decided by strategy"),
    "resting": _("the score rests after a failure: decided by strategy"),
}


def verdict_words(word: str) -> str:
    return str(VERDICTS.get(word, word))


def arm_words(arm: str) -> str:
    return str(ARMS.get(arm, arm))
