"""What the packs find in real plans, beside coverage: every finding of these policies, and no other."""

from pathlib import Path

import pytest
from plans import found

FIXTURES = Path(__file__).parents[2] / "fixtures"
POLICIES = (
    "TRK004",
    "TRK005",
    "TRK006",
    "TRK007",
    "TRK008",
    "TRK009",
    "TRK011",
    "TRK012",
    "TRK014",
    "SMG003",
    "VLT001",
)

EXPECTED = {
    "routing-covered/create": set(),
    "routing-typo/create": {"TRK005"},
    "routing-narrowed-or-deleted/route-deleted": {"TRK004"},
    "routing-narrowed-or-deleted/policy-removed": {"TRK012"},
    "routing-narrowed-or-deleted/route-narrowed": set(),
    "routing-default-targets/create": set(),
}


@pytest.mark.parametrize("step", EXPECTED)
def test_real_plans_break_what_they_break(step: str) -> None:
    data = (FIXTURES / step / "plan.json").read_bytes()

    assert {policy for policy, _, _ in found(data, *POLICIES)} == EXPECTED[step]


def test_no_real_plan_breaks_what_it_cannot() -> None:
    never = ("TRK006", "TRK007", "TRK008", "TRK009", "TRK010", "TRK011", "TRK014", "VLT001")
    for file in sorted(FIXTURES.glob("*/*/plan.json")):
        assert found(file.read_bytes(), *never) == set(), file
