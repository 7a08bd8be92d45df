"""Reports as they were issued: frozen values, what is made of them, and what changed between two of them.

`document` builds the value that is frozen, from a brand's numbers of a period; `page`, `sheets`, `pdf` and
`diff` look at that value and at nothing else. `kept` finds what was issued and keeps its files;
`reporting.actions.issuing` has the verbs.
"""
