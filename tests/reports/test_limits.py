"""The texts of limits say each position once, inside the drawing, and none stands over another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from refusals.reports._limits import LETTER, WIDTH, limits_of
from refusals.reports._numbers import limit_of

LABELS = ("", "benign", "dual_use", "harmful")
ENDS = {"start": (0.0, 1.0), "middle": (0.5, 0.5), "end": (1.0, 0.0)}


def _at(limit: float) -> float:
    return 66 + 268 * limit


def test_a_position_has_one_text() -> None:
    """What is held to the same limit is named together, and a text near the edge ends there."""
    asked = [(0.5, "harmful"), (0.5, "benign"), (0.5, "dual_use"), (0.5, "benign"), (0.05, "")]
    low, high = limits_of(asked, lambda limit: 536 * limit + 66, 100)

    assert (high.text, high.anchor) == (f"limit on benign, dual_use and harmful {limit_of(0.5)}", "end")
    assert (low.text, low.anchor, low.y < high.y) == (f"limit {limit_of(0.05)}", "middle", True)
    assert [each.text for each in limits_of([(0.5, ""), (0.5, "benign")], _at, 100)] == [
        f"limit on all, benign {limit_of(0.5)}"
    ]


@given(st.lists(st.tuples(st.sampled_from([0, 0.01, 0.05, 0.1, 0.11, 0.5, 0.9, 1]), st.sampled_from(LABELS))))
def test_texts_are_inside_and_apart(asked: list[tuple[float, str]]) -> None:
    """Whatever limits a study has, every one is there to be read."""
    found = limits_of(asked, _at, 100)
    boxes = []
    for each in found:
        width = LETTER * len(each.text)
        before, after = ENDS[each.anchor]
        boxes.append((each.y, each.x - before * width, each.x + after * width))

    assert {each.x for each in found} == {_at(limit) for limit, _ in asked}
    assert all(left >= 0 and right <= WIDTH for _, left, right in boxes)
    for number, (y, left, right) in enumerate(boxes):
        assert all(other[0] != y or other[1] > right or other[2] < left for other in boxes[number + 1 :])
