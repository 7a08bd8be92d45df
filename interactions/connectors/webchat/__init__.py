"""Web chat: a launcher on the client's page, a panel in a frame of the brand's host, one socket per visitor.

Owns the wire only: pages and frames come in, one verb of the room runs, frames go out. docs/widget.md is the
protocol. Nothing is stored before the first message; the token that names a visitor is signed, not a row.
"""
