"""`manage.py doctor`: questions about machine, servers and fleet, each with how to mend it."""
