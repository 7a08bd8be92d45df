"""Cache keys carry their brand. A key without one must say so: `g:` = the same for everybody."""

from tenants.binding import WrongScope, current_brand


def make_key(key: str, key_prefix: str, version: int) -> str:
    """Return the stored key; raises WrongScope for a key of nobody."""
    if key.startswith("g:"):
        return f"{key_prefix}:{version}:{key}"
    brand_id = current_brand()
    if brand_id is None:
        raise WrongScope(f"cache key {key!r} has no brand and does not begin with 'g:'")
    return f"{key_prefix}:{version}:b{brand_id}:{key}"
