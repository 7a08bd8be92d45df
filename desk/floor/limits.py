"""How long something may last before the floor shows it in amber, and says that it is long. Seconds."""

from routing.floor import LOST
from workforce.choices import Availability

IN_STATE = {Availability.AWAY.value: 1800, Availability.NOT_RESPONDING.value: 60, LOST: 60}
"""By state; being available or signed off may last. A queue's oldest is measured by the queue's target."""
