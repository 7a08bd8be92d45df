"""The agreed volume: what the client says how many contacts will come in, version by version, and until when.

`parsing` reads a file, `agreed` says which version counts for a day, `comparing` puts it beside what came
in, `accuracy` adds its errors up, `metrics` are made of that, `overruns` finds what was more than agreed.
Verbs are in `reporting.actions.forecasts`.
"""
