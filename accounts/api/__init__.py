"""The API's foundation and this room's endpoints: keys, scopes, limits, pages, problems, calls made once.

A room adds its endpoints in its own `api.py` as an `ApiView` with `scopes`, and their addresses in
`config/api.py`. Bodies are read by a `Shape`, answers written by a serializer, so the schema knows both.
"""
