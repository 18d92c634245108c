"""What does the work that needs a model: one Protocol per task, and a registry that finds who does it.

``protocols`` says what a backend promises, ``registry`` finds one by name, ``fakes`` are small real ones without
models, ``embedded`` holds the default implementations. Nothing here opens a model at import.
"""
