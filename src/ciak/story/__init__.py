"""Story: interactive films. Its issue has not come yet; the floor is kept."""

__all__: list[str] = []
