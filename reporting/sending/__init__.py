"""Issued reports reach people: a plan for each kind, the mails it sends, links that open one report.

`timing` says when a period is due, `plans` and `log` answer what screens ask, `links` opens a report without
a sign-in, `mails` writes the mail and makes what it carries; `reporting.actions.sending` and
`reporting.actions.links` have the verbs.
"""
