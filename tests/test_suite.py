"""The controls and `surface` answer 42 families in every language: one item a cell, after one engine pass."""

import pytest

pytestmark = pytest.mark.refusals(study="suite.yaml")
