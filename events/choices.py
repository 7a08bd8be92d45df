"""Kinds of events (noun.past-verb) and who does them. A kind's `data` is described where it is recorded."""

from django.db import models


class Kind(models.TextChoices):
    """What a brand's log knows. `offer.*` come as copies from the labour plane."""

    INTERACTION_OPENED = "interaction.opened"
    INTERACTION_QUEUED = "interaction.queued"
    INTERACTION_ASSIGNED = "interaction.assigned"
    INTERACTION_WAIT_ESTIMATED = "interaction.wait_estimated"
    INTERACTION_MESSAGE_LEFT = "interaction.message_left"
    INTERACTION_ABANDONED = "interaction.abandoned"
    INTERACTION_HELD = "interaction.held"
    INTERACTION_RESUMED = "interaction.resumed"
    INTERACTION_AWAITED = "interaction.awaited"
    INTERACTION_SNOOZED = "interaction.snoozed"
    INTERACTION_TRANSFERRED = "interaction.transferred"
    INTERACTION_WRAPPED = "interaction.wrapped"
    INTERACTION_WRAP_UP_EXTENDED = "interaction.wrap_up_extended"
    INTERACTION_CLOSED = "interaction.closed"
    INTERACTION_REOPENED = "interaction.reopened"
    EXCLUSION_PROPOSED = "exclusion.proposed"
    EXCLUSION_ANSWERED = "exclusion.answered"
    MESSAGE_RECEIVED = "message.received"
    MESSAGE_SENT = "message.sent"
    MESSAGE_DELIVERED = "message.delivered"
    MESSAGE_FAILED = "message.failed"
    OFFER_MADE = "offer.made"
    OFFER_ACCEPTED = "offer.accepted"
    OFFER_DECLINED = "offer.declined"
    OFFER_EXPLAINED = "offer.explained"
    OFFER_EXPIRED = "offer.expired"
    OFFER_WITHDRAWN = "offer.withdrawn"


class ActorKind(models.TextChoices):
    CONTACT = "contact"
    AGENT = "agent"
    BOT = "bot"
    SYSTEM = "system"
