"""The project's own tests find `tests.…` from here, and the plugin tests their fixture."""

pytest_plugins = ["pytester"]
