"""Onboarding: a client from nothing to live, by steps that the rooms fill.

A step reads plain data, says what is wrong with it by path, and puts it into force in a brand; a check says
from the brand's rows whether it may go live. Both are registered in a room's `ready()` (`registry`). Wizard,
file and API use the same steps and the same verbs (`actions`): save, build, undo, go live, pause.
"""
