"""Production: orders work from the other departments. Its issue has not come yet; the floor is kept."""

__all__: list[str] = []
