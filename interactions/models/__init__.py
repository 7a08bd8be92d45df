"""How contacts come in, wait and are answered: the brand's own tables."""

from interactions.asking.models import ClientRequest, RequestFile, RequestTerms, RequestTurn
from interactions.blocks import VisitorBlock
from interactions.calendars import Calendar, Closure, Holiday, Period
from interactions.callbacks import Callback
from interactions.changing.models import ChangeRequest
from interactions.clocks.models import Clock, ClockPolicy
from interactions.models.conversation import Draft, Interaction, Message, Segment, VisitorSession
from interactions.models.intake import Disposition, Inbox, Queue, RoutingRule
from interactions.participants import Participant
from interactions.practice.models import PracticeCustomer, PracticeRun

__all__ = [
    "Calendar", "Callback", "ChangeRequest", "ClientRequest", "Clock", "ClockPolicy", "Closure",
    "Disposition", "Draft", "Holiday", "Inbox", "Interaction", "Message", "Participant", "Period",
    "PracticeCustomer", "PracticeRun", "Queue", "RequestFile", "RequestTerms", "RequestTurn", "RoutingRule",
    "Segment", "VisitorBlock", "VisitorSession",
]  # fmt: skip
