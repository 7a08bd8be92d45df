"""Who came, who was answered and how soon: the service levels, waits, offers to agents, promised calls."""

from django.utils.translation import gettext_lazy as _

from reporting.catalogue.defining import COPC_ABANDON, COPC_SPEED, CUSTOMER, QUEUE, define, level
from reporting.metrics import HIGHER, LOWER

OFFERED = define(
    "OFF", QUEUE, _("Offered"), _("Contacts that entered a queue; one moved to another queue enters that."),
    "count", top="offered", slug="offered", iso=CUSTOMER, copc="Contacts Offered",
)  # fmt: skip
ANSWERED = define(
    "ANS.ACCEPT", QUEUE, _("Answered"), _("Offered contacts that an agent accepted."),
    "count", top="answered", slug="answered", iso=CUSTOMER, copc="Contacts Answered",
)  # fmt: skip
ANSWERED_BY_REPLY = define(
    "ANS.REPLY", QUEUE, _("Replied to"), _("Offered contacts in which an agent wrote to the customer."),
    "count", top="replied", iso=CUSTOMER, copc="Contacts Answered",
)  # fmt: skip
ABANDONED = define(
    "ABN", QUEUE, _("Abandoned"), _("Offered contacts that left the queue before an answer."),
    "count", top="abandoned", slug="abandoned", iso=CUSTOMER, copc="Contacts Abandoned",
)  # fmt: skip
FLOWED_OUT = define(
    "FO", QUEUE, _("Flowed out"),
    _("Offered contacts that left the queue unanswered for another queue or a promised call."),
    "count", top="flowed", iso=CUSTOMER, copc="Contacts Transferred Out",
)  # fmt: skip
SERVICE_LEVEL = level(
    "SL.NEG", _("Service level"),
    _("Answered within the target, out of answered and abandoned (abandons count against it)."),
    "in_target", "answered+abandoned", slug="service-level",
)  # fmt: skip
SPEED_OF_ANSWER = define(
    "ASA.QUEUE", QUEUE, _("Speed of answer"),
    _("Average wait from entering the queue to the answer, ringing included."),
    "seconds", top="wait", bottom="answered", slug="speed-of-answer", iso=CUSTOMER, copc=COPC_SPEED,
    better=LOWER,
)  # fmt: skip
CALLBACKS_KEPT = define(
    "CB.KEPT", QUEUE, _("Callbacks kept"),
    _("Promised calls that reached the customer within the window, of those that are settled."),
    "percent", top="kept", bottom="kept+missed", slug="callbacks-kept", iso=CUSTOMER,
    copc="On-Time Callbacks", better=HIGHER,
)  # fmt: skip

FLOW_BY_REPLY = _("Service level by reply, flow-outs against it")
LEVELS = (
    SERVICE_LEVEL,
    level(
        "SL.POS", _("Service level, early abandons for it"),
        _("Answered or abandoned within the target, out of answered and abandoned."),
        "in_target+abandoned_in_target", "answered+abandoned",
    ),
    level(
        "SL.ANS", _("Service level of the answered"),
        _("Answered within the target, out of the answered alone: abandons count nowhere."),
        "in_target", "answered",
    ),
    level(
        "SL.IGN", _("Service level, early abandons left out"),
        _("Answered within the target, out of answered and those who left after the target."),
        "in_target", "answered+abandoned-abandoned_in_target",
    ),
    level(
        "SL.SHORTCREDIT", _("Service level, short abandons for it"),
        _("Answered within the target or left within 5 seconds, out of answered and abandoned."),
        "in_target+abandoned_short", "answered+abandoned",
    ),
    level(
        "SL.SHORTEXCL", _("Service level, short abandons left out"),
        _("Answered within the target, out of answered and those who left after 5 seconds."),
        "in_target", "answered+abandoned-abandoned_short",
    ),
    level(
        "SL.FLOW", _("Service level, flow-outs against it"),
        _("Answered within the target, out of answered, abandoned and those who flowed out unanswered."),
        "in_target", "answered+abandoned+flowed",
    ),
    level(
        "SL.NEG.REPLY", _("Service level by reply"),
        _("Replied to within the target, out of replied to and abandoned."),
        "replied_in_target", "replied+abandoned",
    ),
    level(
        "SL.POS.REPLY", _("Service level by reply, early abandons for it"),
        _("Replied to or abandoned within the target, out of replied to and abandoned."),
        "replied_in_target+abandoned_in_target", "replied+abandoned",
    ),
    level(
        "SL.ANS.REPLY", _("Service level of the replied to"),
        _("Replied to within the target, out of the replied to alone."),
        "replied_in_target", "replied",
    ),
    level(
        "SL.IGN.REPLY", _("Service level by reply, early abandons left out"),
        _("Replied to within the target, out of replied to and those who left after the target."),
        "replied_in_target", "replied+abandoned-abandoned_in_target",
    ),
    level(
        "SL.SHORTCREDIT.REPLY", _("Service level by reply, short abandons for it"),
        _("Replied to within the target or left within 5 seconds, out of replied to and abandoned."),
        "replied_in_target+abandoned_short", "replied+abandoned",
    ),
    level(
        "SL.SHORTEXCL.REPLY", _("Service level by reply, short abandons left out"),
        _("Replied to within the target, out of replied to and those who left after 5 seconds."),
        "replied_in_target", "replied+abandoned-abandoned_short",
    ),
    level(
        "SL.FLOW.REPLY", FLOW_BY_REPLY,
        _("Replied to within the target, out of replied to, abandoned and those who flowed out unreplied."),
        "replied_in_target", "replied+abandoned+flowed_unreplied", version=2,
    ),
)  # fmt: skip
SUPERSEDED = (
    level(
        "SL.FLOW.REPLY", FLOW_BY_REPLY,
        _("Replied to within the target, out of replied to, abandoned and those who flowed out."),
        "replied_in_target", "replied+abandoned+flowed",
    ),
)  # fmt: skip
"""Versions that nothing new is made of; who flowed out and was written to counted twice in this one."""

QUEUES = (
    OFFERED,
    ANSWERED,
    ANSWERED_BY_REPLY,
    ABANDONED,
    FLOWED_OUT,
    define(
        "ANS.RATE", QUEUE, _("Answer rate"), _("Answered, out of offered."),
        "percent", top="answered", bottom="offered", iso=CUSTOMER, copc="Answer Rate", better=HIGHER,
    ),
    define(
        "ABN.RATE", QUEUE, _("Abandonment rate"),
        _("Abandoned, out of offered; who was promised a call has not abandoned."),
        "percent", top="abandoned", bottom="offered", iso=CUSTOMER, copc=COPC_ABANDON, better=LOWER,
    ),
    define(
        "ABN.ADJ", QUEUE, _("Abandonment rate, adjusted"),
        _("Abandoned, out of offered; those who left within 5 seconds count on neither side."),
        "percent", top="abandoned-abandoned_short", bottom="offered-abandoned_short", iso=CUSTOMER,
        copc=COPC_ABANDON, better=LOWER,
    ),
    SPEED_OF_ANSWER,
    define(
        "ASA.ALLWAIT", QUEUE, _("Speed of answer, all waits"),
        _("Average of all waits of answered contacts, those in line again included."),
        "seconds", top="all_waits", bottom="answered", iso=CUSTOMER, copc=COPC_SPEED, better=LOWER,
    ),
    define(
        "ASA.P50", QUEUE, _("Wait, half"), _("Half of the answered waited no longer than this."),
        "seconds", top="wait", bottom="answered", spread="wait", share=50, iso=CUSTOMER, copc=COPC_SPEED,
        better=LOWER,
    ),
    define(
        "ASA.P90", QUEUE, _("Wait, nine of ten"), _("Nine of ten answered waited no longer than this."),
        "seconds", top="wait", bottom="answered", spread="wait", share=90, iso=CUSTOMER, copc=COPC_SPEED,
        better=LOWER,
    ),
    define(
        "ASA.P95", QUEUE, _("Wait, 19 of 20"), _("Nineteen of twenty answered waited no longer than this."),
        "seconds", top="wait", bottom="answered", spread="wait", share=95, iso=CUSTOMER, copc=COPC_SPEED,
        better=LOWER,
    ),
    define(
        "ATA", QUEUE, _("Time to abandon"), _("Average wait of those who left before an answer."),
        "seconds", top="abandoned_wait", bottom="abandoned", iso=CUSTOMER, copc="Average Time to Abandon",
    ),
    define(
        "ATA.P50", QUEUE, _("Time to abandon, half"), _("Half of those who left waited no longer than this."),
        "seconds", top="abandoned_wait", bottom="abandoned", spread="abandoned_wait", share=50, iso=CUSTOMER,
        copc="Average Time to Abandon",
    ),
    define(
        "ATA.P90", QUEUE, _("Time to abandon, nine of ten"),
        _("Nine of ten of those who left waited no longer than this."), "seconds",
        top="abandoned_wait", bottom="abandoned", spread="abandoned_wait", share=90, iso=CUSTOMER,
        copc="Average Time to Abandon",
    ),
    define(
        "RONA", QUEUE, _("Not answered by agents"),
        _("Offers that an agent declined or let ring out, out of all offers that ended."),
        "percent", top="offers_missed", bottom="offers", copc="Missed Offers", better=LOWER,
    ),
    define(
        "RONA.NOABN", QUEUE, _("Not answered by agents, customer there"),
        _("Offers declined or let ring out, out of offers that ended while the customer was there."),
        "percent", top="offers_missed", bottom="offers-offers_left", copc="Missed Offers", better=LOWER,
    ),
    CALLBACKS_KEPT,
)  # fmt: skip
