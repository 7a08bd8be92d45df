"""The pool's people as a whole: who they are, many changed at once, a file imported, somebody leaving.

Everything that changes a person's master data is a list of `Change` and goes through `writing.write`, be it
one form, a bulk change, its undoing or ten thousand lines of a file.
"""
