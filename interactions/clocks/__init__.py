"""The clocks of a conversation: first response, next response, resolution, update.

`faces` is the arithmetic, `terms` what a client agreed, `keeping` what verbs do to clocks, `ringing` what
time does, `policies` the verb that changes the terms, `queries` what screens read.
"""
