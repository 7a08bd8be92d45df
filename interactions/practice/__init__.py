"""Practice customers of a sandbox: they write, answer what trainees answer, and end. Nowhere else, ever.

A trainer sends so many over so many minutes (`actions.send_practice`). Each is a row that says what is due
next and when; the worker does what is due (`actions.practise`), by the verbs of a visitor. What they say
stands in `scenarios`, what became of them in `queries`.
"""
