"""The release is held to the gates of refusals.yaml: one item a cell, one a gate."""

import pytest

pytestmark = pytest.mark.refusals(study="refusals.yaml")
