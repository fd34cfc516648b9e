"""Parallel work whose numbers do not depend on the number of cores."""

from __future__ import annotations

import os

import pytest
import torch

from pruning.threads import one_thread, side_by_side


def test_one_thread_gives_back_what_it_took():
    threads = torch.get_num_threads()
    with one_thread():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == threads


def test_one_thread_gives_back_what_it_took_when_something_fails():
    threads = torch.get_num_threads()
    with pytest.raises(KeyError), one_thread():
        raise KeyError
    assert torch.get_num_threads() == threads


def test_side_by_side_keeps_the_order_and_needs_no_gradients():
    def work(number: int) -> tuple[int, bool, int]:
        return number, torch.is_grad_enabled(), torch.get_num_threads()

    assert side_by_side(work, range(20)) == [(number, False, 1) for number in range(20)]


def test_work_that_needs_gradients_has_them():
    weight = torch.tensor(3.0, requires_grad=True)

    def work(factor: float) -> float:
        (found,) = torch.autograd.grad(factor * weight**2, weight)
        return float(found)

    assert side_by_side(work, [0.0, 1.0, 2.0], gradients=True) == [0, 6, 12]


def test_the_pool_stays_on_one_thread_each_whatever_others_set():
    side_by_side(str, range(20))
    with one_thread():
        pass
    assert set(side_by_side(lambda _: torch.get_num_threads(), range(20))) == {1}


def test_what_work_raises_is_raised():
    with pytest.raises(ZeroDivisionError):
        side_by_side(lambda number: 1 // number, [1, 0])


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child_gets_threads_of_its_own():
    side_by_side(str, [1, 2])
    child = os.fork()
    if child == 0:
        os._exit(0 if side_by_side(str, [1, 2]) == ["1", "2"] else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
