"""The project's own tests find `tests.…` from here, and the plugin tests their fixture."""

from hypothesis import settings

pytest_plugins = ["pytester"]

# How long an example takes says something of the machine, not of the code.
settings.register_profile("project", deadline=None)
settings.load_profile("project")
