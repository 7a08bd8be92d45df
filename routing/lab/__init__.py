"""The lab: a day of contacts played through the real matcher on a clock of its own, under several strategies.

`day` is what comes and who works, made up from a seed (`making`) or taken from the tables (`replay`); `play`
plays it; `measures` counts what came of it; `report` sets strategies side by side over many seeds, with
intervals, and names where each loses; `erlang` is the formula a plain day must agree with. No offer is made
and no row is written: the lab only reads.
"""
