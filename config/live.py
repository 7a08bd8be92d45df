"""`python -m config.live`: daphne, without the TLS and the protocols that it loads and nobody here speaks."""

from config import env
from core.heap import leave_out
from core.lazy import put_off

leave_out(env.words("LEAVE_OUT"))
put_off(env.words("PUT_OFF"))

from daphne.cli import CommandLineInterface  # noqa: E402 - it loads them

if __name__ == "__main__":
    CommandLineInterface.entrypoint()
