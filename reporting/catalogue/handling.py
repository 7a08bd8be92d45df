"""What agents did with a contact: handle time, wrap-up, transfers."""

from django.utils.translation import gettext_lazy as _

from reporting.catalogue.defining import COPC_AHT, CUSTOMER, HANDLING, define
from reporting.metrics import LOWER

HANDLE_TIME = define(
    "AHT.ELAPSED", HANDLING, _("Handle time"),
    _("Average time from the answer to the end of agents' work, less from a closing to the next answer."),
    "seconds", top="handle", bottom="handled", slug="handle-time", copc=COPC_AHT, better=LOWER,
)  # fmt: skip

BESIDE = (
    (
        1, _("Handle time, alone"),
        _("Handle time of contacts whose agent had no other of this client when they were answered."),
    ),
    (
        2, _("Handle time, one of two"),
        _("Handle time of contacts whose agent had one other of this client when they were answered."),
    ),
    (
        3, _("Handle time, one of three"),
        _("Handle time of contacts whose agent had two others of this client when they were answered."),
    ),
    (
        4, _("Handle time, one of four or more"),
        _("Handle time of contacts whose agent had three or more others of this client at the answer."),
    ),
)  # fmt: skip
"""Work for other clients is not in this client's log, and does not count."""

HANDLINGS = (
    HANDLE_TIME,
    define(
        "AHT", HANDLING, _("Handle time, worked"),
        _("Average of talk, hold and wrap-up; what waited for the customer or was put off is left out."),
        "seconds", top="worked", bottom="handled", copc=COPC_AHT, better=LOWER,
    ),
    define(
        "AHT.P50", HANDLING, _("Handle time, half"), _("Half of the handled took no longer than this."),
        "seconds", top="handle", bottom="handled", spread="handle", share=50, copc=COPC_AHT, better=LOWER,
    ),
    define(
        "AHT.P90", HANDLING, _("Handle time, nine of ten"),
        _("Nine of ten handled took no longer than this."),
        "seconds", top="handle", bottom="handled", spread="handle", share=90, copc=COPC_AHT, better=LOWER,
    ),
    define(
        "AHT.P95", HANDLING, _("Handle time, 19 of 20"),
        _("Nineteen of twenty handled took no longer than this."),
        "seconds", top="handle", bottom="handled", spread="handle", share=95, copc=COPC_AHT, better=LOWER,
    ),
    *(
        define(
            f"AHT.BESIDE.{level}", HANDLING, name, words, "seconds", top=f"handle_beside_{level}",
            bottom=f"handled_beside_{level}", copc=COPC_AHT, better=LOWER,
        )
        for level, name, words in BESIDE
    ),
    define(
        "ACW", HANDLING, _("Wrap-up"), _("Average time in wrap-up, of contacts that had one."),
        "seconds", top="wrap", bottom="wrapped", copc="After-Contact Work", better=LOWER,
    ),
    define(
        "TRF", HANDLING, _("Transfer rate"),
        _("Times an agent handed a contact over, out of handled contacts."),
        "percent", top="handed", bottom="handled", iso=CUSTOMER, copc="Transfer Rate", better=LOWER,
    ),
    define(
        "TRF.QUEUE", HANDLING, _("Transfer rate, to a queue"),
        _("Times an agent handed a contact to a queue, out of handled contacts."),
        "percent", top="handed_queue", bottom="handled", iso=CUSTOMER, copc="Transfer Rate", better=LOWER,
    ),
    define(
        "TRF.AGENT", HANDLING, _("Transfer rate, to an agent"),
        _("Times an agent handed a contact to a colleague, out of handled contacts."),
        "percent", top="handed_agent", bottom="handled", iso=CUSTOMER, copc="Transfer Rate", better=LOWER,
    ),
    define(
        "TRF.CONSULT", HANDLING, _("Transfer rate, asked first"),
        _("Times an agent handed a contact to a colleague they had asked first, out of handled contacts."),
        "percent", top="handed_consult", bottom="handled", iso=CUSTOMER, copc="Transfer Rate", better=LOWER,
    ),
    define(
        "HOLD.ABN", HANDLING, _("Left on hold"), _("Contacts that the customer ended while on hold."),
        "count", top="left_on_hold", iso=CUSTOMER, copc="Hold Abandons",
    ),
    define(
        "SHORT.TALK", HANDLING, _("Hardly a talk"), _("Handled contacts with less than 10 seconds of talk."),
        "count", top="brief", copc="Short Contacts",
    ),
)  # fmt: skip
