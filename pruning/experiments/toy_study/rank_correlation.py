"""Rank correlations between many vectors of scores at once.

Spearman's rho and Kendall's tau-b are both cosines: rho between centred ranks, tau between the
signs of the differences over all pairs of units. So the coefficients of many vectors with many
others come out of matrix products. These are sums of whole numbers that their types hold exactly,
so that the coefficients depend neither on the number of cores nor on the order of the sums.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from pruning.threads import side_by_side

PIECES = 16
# float32 holds every whole number up to here.
EXACT = 1 << 24
# What two sums share a float32 by: one is counted in ones, the other in multiples of BASE.
BASE = 1 << 12
# So few pairs of units at a time that the ones cannot be taken for half a BASE.
PAIRS = BASE // 2 - 1


def spearman(a: Tensor, b: Tensor) -> Tensor:
    """Correlate the ranks of scores; equal scores share the average of their ranks [spearman1904]_.

    Parameters
    ----------
    a, b
        Scores of the same units, shapes ``(A, units)`` and ``(B, units)``.

    Returns
    -------
    Tensor
        Spearman's rho of each row of ``a`` with each of ``b``, shape ``(A, B)``, float64. NaN
        where a row has a score that is not finite, or nothing but equal scores.

    Raises
    ------
    RuntimeError
        If ``a`` and ``b`` differ in their units.
    """
    x, y = _levels(a).centred_ranks(), _levels(b).centred_ranks()
    return _cosine(x @ y.T, x.square().sum(dim=1), y.square().sum(dim=1))


def kendall(a: Tensor, b: Tensor) -> Tensor:
    """Compare how scores order each pair of units: Kendall's tau-b [kendall1938]_ [kendall1945]_.

    With ``s_ij = sign(a_i - a_j)`` and ``t_ij = sign(b_i - b_j)`` over all pairs of units, tau-b
    is ``<s, t> / sqrt(<s, s> <t, t>)``: a pair that either side leaves tied counts for nothing.
    Time grows with ``A * B * units²``; 50 rows with 350 take two cores 1 s at 3,000 units.

    Parameters
    ----------
    a, b
        Scores of the same units, shapes ``(A, units)`` and ``(B, units)``.

    Returns
    -------
    Tensor
        Tau-b of each row of ``a`` with each of ``b``, shape ``(A, B)``, float64. NaN where a row
        has a score that is not finite, or nothing but equal scores.

    Raises
    ------
    RuntimeError
        If ``a`` and ``b`` differ in their units.
    """
    x, y = _levels(a), _levels(b)
    return _cosine(_concordance(x.level, y.level), x.untied_pairs(), y.untied_pairs())


def _cosine(products: Tensor, a_squares: Tensor, b_squares: Tensor) -> Tensor:
    # One root of the product, not two: exactly 1 then for equal rankings, and never above.
    return products / (a_squares[:, None] * b_squares).sqrt()


@dataclass(frozen=True)
class _Levels:
    """The distinct scores of each row, numbered from the lowest."""

    level: Tensor
    """Of each unit, shape ``(rows, units)``, int64."""
    sizes: Tensor
    """How many units each level holds, shape ``(rows, units)``; 0 beyond a row's last level."""

    def centred_ranks(self) -> Tensor:
        """Twice the average ranks less their mean: whole numbers, as float64."""
        ranks = 2 * self.sizes.cumsum(dim=1) - self.sizes - self.sizes.shape[1]
        return ranks.gather(1, self.level).double()

    def untied_pairs(self) -> Tensor:
        """How many pairs of units are on different levels, shape ``(rows,)``, float64."""
        units = self.sizes.shape[1]
        return (units**2 - self.sizes.square().sum(dim=1)).double() / 2


def _levels(scores: Tensor) -> _Levels:
    """Sort each row into levels; a row with a score that is not finite has a single one."""
    finite = scores.isfinite().all(dim=1, keepdim=True)
    ascending, order = scores.where(finite, 0).sort(dim=1)
    sorted_level = torch.zeros_like(order)
    torch.cumsum(ascending[:, 1:] != ascending[:, :-1], dim=1, out=sorted_level[:, 1:])
    level = torch.empty_like(order).scatter_(1, order, sorted_level)
    sizes = torch.zeros_like(order).scatter_add_(1, level, torch.ones_like(level))
    return _Levels(level, sizes)


def _concordance(a: Tensor, b: Tensor) -> Tensor:
    """Concordant less discordant pairs of units, shape ``(A, B)``, float64, from levels."""
    units = a.shape[1]
    # Enough that no piece has as many pairs as float32 can count.
    pieces = max(PIECES, units**2 // EXACT + 1)
    even = torch.nn.functional.pad(b, (0, 0, 0, len(b) % 2))
    work = partial(_concordance_of, torch.cat([a, even]).float(), len(a))
    counts = side_by_side(work, [range(piece, units, pieces) for piece in range(pieces)])
    return torch.stack(counts).sum(dim=0, dtype=torch.float64)[:, : len(b)]


def _concordance_of(levels: Tensor, first: int, units: range) -> Tensor:
    """Compare the ``first`` rows with the rest, in the pairs of ``units`` with later units alone.

    One product serves two rows: with ``s``, ``t`` and ``u`` the signs of three rankings,
    ``<s, t + BASE * u>`` is ``<s, t> + BASE * <s, u>``, and rounding tells the two apart.
    """
    half = (len(levels) - first) // 2
    low, high = levels.new_zeros(2, first, half)
    for unit in units:
        for later in torch.split(levels[:, unit + 1 :], PAIRS, dim=1):
            signs = (later - levels[:, unit : unit + 1]).clamp_(-1, 1)
            s, t, u = signs.tensor_split([first, first + half])
            both = s @ t.add_(u, alpha=BASE).T
            multiples = (both / BASE).round_()
            high += multiples
            low += both.sub_(multiples, alpha=BASE)
    return torch.cat([low, high], dim=1)
