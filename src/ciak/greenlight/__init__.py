"""Greenlight: what a film may earn, from whom, and how to release it.

Its issue has not come yet; the floor is kept.
"""

__all__: list[str] = []
