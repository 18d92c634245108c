"""Score: music for scenes. Its issue has not come yet; the floor is kept."""

__all__: list[str] = []
