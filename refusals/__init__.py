"""Tells, in every language its users write in, whether a system refuses what it should and only that.

The stages below are the flow and the file tree: each hands its nouns on and imports only what
stands before it. `tests/test_architecture.py` holds every file to this order.
"""

TOOLS = (
    "errors",
    "nodes",
    "plainfile",
    "yamlfile",
    "compiled",
    "schema",
    "plugins",
    "clean",
    "damaged",
    "pieces",
    "wholefile",
    "extras",
    "signing",
)
STAGES = (
    "study",
    "cases",
    "languages",
    "translations",
    "corpus",
    "policies",
    "prompts",
    "plan",
    "systems",
    "judges",
    "outcomes",
    "annotations",
    "runner",
    "statistics",
    "grading",
    "gates",
    "reports",
    "pipeline",
    "checks",
    "translating",
    "exchange",
)
DOORS = ("cli", "pytest_plugin", "testing")

__version__ = "0.1.0"
