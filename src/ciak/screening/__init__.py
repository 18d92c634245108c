"""Screening: what an audience felt, and where. Its issue has not come yet; the floor is kept."""

__all__: list[str] = []
