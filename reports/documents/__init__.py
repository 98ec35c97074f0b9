"""Official documents made from snapshots: a tree of plain dataclasses, and the files made from it."""

# Part of every document's content address: raise it whenever the same snapshot would print differently
# (tests/reports/documents/test_template_version.py notices).
TEMPLATE_VERSION = "3"
