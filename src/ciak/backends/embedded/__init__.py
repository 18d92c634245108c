"""The backends that come with Ciak. Each module offers ``create(settings)``, named in the entry points."""
