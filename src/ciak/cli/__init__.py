"""The command line: one thin file per department; parse, call one verb, print.

``main`` the group of commands and what becomes of errors; ``screen`` how results and progress look.
"""
