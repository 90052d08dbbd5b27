"""The project's own tests find `tests.…` from here, and the plugin tests their fixture."""

import os

from hypothesis import settings

pytest_plugins = ["pytester"]

for size in ("COLUMNS", "LINES"):  # an xdist worker has them; what is printed is as wide as they say
    os.environ.pop(size, None)

# How long an example takes says something of the machine, not of the code.
settings.register_profile("project", deadline=None)
settings.load_profile("project")
