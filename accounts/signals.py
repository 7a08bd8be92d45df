"""What this room announces upward."""

from django.dispatch import Signal

# user_ids: list[int], now: datetime. Seats of theirs have ended; sent in the transaction that ended them.
seats_ended = Signal()
