"""The project's own tests find `tests.…` from here, and the plugin tests their fixture."""

import os

from hypothesis import settings

pytest_plugins = ["pytester"]

# What is printed depends on them, so a test that means them sets them: an xdist worker has the size of a
# terminal, a job of continuous integration says that it is one.
for name in ("COLUMNS", "LINES", "CI"):
    os.environ.pop(name, None)

# How long an example takes says something of the machine, not of the code.
settings.register_profile("project", deadline=None)
settings.load_profile("project")
