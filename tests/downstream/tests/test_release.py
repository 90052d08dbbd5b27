"""The release is held to the team's own cases."""

import pytest

pytestmark = pytest.mark.refusals(study="refusals.yaml")
