"""Is a port free, and does the page behind it answer?"""

import errno
import socket

from config.launch.errors import PORT_TAKEN, CannotRun


def require_free(bind: str, *ports: int) -> None:
    """Name the first port that somebody listens on, before anything starts."""
    for port in ports:
        if not 0 < port < 65536:
            raise CannotRun(f"{port} is no port. Choose one from 1 to 65534: bin/up --port 8000", code=2)
        if _is_taken(bind, port):
            raise CannotRun(
                f"Port {port} is taken by another program. `up` needs {ports[0]} for pages and "
                f"{ports[-1]} for live sockets; choose another pair: bin/up --port {ports[0] + 10} "
                f"(or PORT={ports[0] + 10} bin/up)",
                code=PORT_TAKEN,
            )


def _is_taken(bind: str, port: int) -> bool:
    return not _can_bind(bind, port) or any(listens(host, port) for host in ("127.0.0.1", "::1"))


def _can_bind(bind: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise CannotRun(f"Port {port} needs rights we do not have; choose one above 1023.") from None
            if error.errno == errno.EADDRNOTAVAIL:
                raise CannotRun(f"This machine has no address {bind} to bind to.") from None
            return False
    return True


def listens(bind: str, port: int) -> bool:
    try:
        with socket.create_connection((reachable(bind), port), timeout=0.5):
            return True
    except OSError:
        return False


def answers(bind: str, port: int, *, host: str, path: str) -> bool:
    """True when a page comes back, whatever it says short of a server error."""
    request = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection((reachable(bind), port), timeout=5) as peer:
            peer.sendall(request.encode())
            status = peer.recv(64).split(b" ")
    except OSError:
        return False
    return len(status) > 1 and status[0].startswith(b"HTTP/") and status[1][:1] in b"234"


def reachable(bind: str) -> str:
    """Return an address to knock at, for one that was bound."""
    return "127.0.0.1" if bind in {"0.0.0.0", "::"} else bind  # noqa: S104 - compared, not bound
