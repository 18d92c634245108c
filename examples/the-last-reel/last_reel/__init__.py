"""The last reel: an example film that this package draws, scores and speaks from its own screenplay.

``script`` reads the screenplay, ``timing`` lays its lines out in shots, ``street`` to ``hall`` draw a shot each on
the canvas of ``shapes`` with the lens of ``camera``, ``sound`` and ``music`` make what is heard, ``film`` puts all
together and keeps it. It is a film, not a tool: nothing here is meant for another one.
"""
