"""The floor: who works now and how the queues are doing, over all brands that its reader may see.

`topics` says who may have which frames, `frames` makes them, `routing.watching` sends them once a second at
most where something changed, `consumer` is the socket of its pages; `reading` and `views` are the pages.
"""
