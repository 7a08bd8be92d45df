"""`manage.py up`: the embedded servers and the supervisor of everything that runs on one machine.

Imports the standard library only (`bootstrap.py` apart, which runs in a process of its own): the supervising
process stays small and starts before Django is there. Behaviour: STACK.md section 9.
"""
