"""What the web chat allows, in one place."""

from datetime import timedelta

MAX_CHARACTERS = 10_000
MAX_FRAME = 160_000  # bytes of the longest message, every character escaped, with room for the rest
MAX_PAGE = 500

MODULES = tuple(
    f"widget/{name}.js" for name in ("panel", "call", "composer", "host", "link", "log", "outbox", "screen")
)

TOKEN_LIFETIME = timedelta(days=30)
HELLO_SECONDS = 15  # a socket that does not greet is closed
TYPING_SECONDS = 3  # typing is passed on at most so often
WAITING_SECONDS = 15  # a waiting visitor's place is looked up again, and so makes up for a lost push
TALKING_SECONDS = 60  # the same for one in conversation
HOURS_SECONDS = 2  # within so many every socket of a brand looks again when its hours change
IDLE_SECONDS = 60  # the same for one in none: whether somebody would be there
MAX_BAD_FRAMES = 20  # malformed frames before a socket is closed

# (uses, seconds); they bind visitors whose address is known, see core.addresses.visitor_address
SESSIONS_PER_ADDRESS = (30, 60)
HELLOS_PER_ADDRESS = (120, 60)
MESSAGES_PER_SESSION = (60, 60)
CALLS_PER_SESSION = (10, 3600)
CALLS_PER_ADDRESS = (60, 3600)
CALLS_PER_NUMBER = (10, 86_400)
