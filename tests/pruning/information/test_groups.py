"""Groups are runs of consecutive units."""

import pytest

from pruning.information.groups import equal_runs


def sizes(units: int, groups: int) -> list[int]:
    runs, _ = equal_runs("fc1", units, groups)
    assert [unit for run in runs for unit in range(units)[run]] == list(range(units))
    return [run.stop - run.start for run in runs]


def test_equal_groups_need_no_note():
    assert sizes(500, 20) == [25] * 20
    assert equal_runs("fc1", 500, 20)[1] == []


def test_the_last_group_is_shorter_where_they_do_not_divide():
    assert sizes(10, 4) == [3, 3, 3, 1]
    assert equal_runs("fc1", 10, 4)[1] == [
        "fc1 has 10 units, which do not divide into 4 equal groups: there are 4 groups of 3, "
        "the last of 1."
    ]


def test_there_are_fewer_groups_where_equal_runs_do_not_come_to_that_number():
    assert sizes(10, 6) == [2] * 5
    assert equal_runs("fc1", 10, 6)[1] == [
        "fc1 has 10 units, which do not divide into 6 equal groups: there are 5 groups of 2."
    ]


def test_each_unit_is_a_group_where_more_are_asked_for():
    assert sizes(3, 20) == [1, 1, 1]
    assert equal_runs("output", 3, 20)[1] == [
        "output has 3 units, too few for 20 groups: each is a group."
    ]


@pytest.mark.parametrize(("units", "groups"), [(0, 1), (1, 0)])
def test_there_has_to_be_one(units: int, groups: int):
    with pytest.raises(ValueError, match="1 or more"):
        equal_runs("fc1", units, groups)
