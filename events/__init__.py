"""The brand's event log: what happened, written in the verb's own transaction, read by resumable cursors.

Owns Event and Cursor. Verbs: `log.record`, `readers.read`, `readers.advance`, `copies.copy_offers`.
Knows nothing of what it records. May import tenants and core.
"""
