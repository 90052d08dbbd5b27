"""The guard is shown cases that come with `refusals`; what it misses there is reported, and fails nothing."""

import pytest

pytestmark = pytest.mark.refusals(study="packaged.yaml")
