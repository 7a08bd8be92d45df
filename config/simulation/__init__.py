"""Live customers (and, on request, agents) over HTTP and websocket, as browsers would be."""
