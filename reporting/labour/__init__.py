"""Agents' time as a brand's report has it: what was this brand's, and nothing of what was another's.

`models` the rows, `copies` how they come from the house's ledger, `sums` what metrics are made of, `metrics`
their definitions, `reading` the sums of a period, `report` the page.
"""
