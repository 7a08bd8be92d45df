"""The staff sockets: those of the provider's host."""

from accounts.origins import is_own_page
from accounts.sockets import PersonSocket


class StaffSocket(PersonSocket):
    """A socket of a page on the provider's host."""

    async def found(self, *, origin: str, host: str) -> bool:
        return is_own_page(origin, host=host)
