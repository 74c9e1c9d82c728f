"""Models of choice between paths: multinomial, path-size and nested logit as one form.

With theta the scale of a class, mu that of choices within a nest, c the cost and PS the size of path p of nest m:

    P(p | m) = exp(-mu * c_p) * PS_p ** beta / S_m,    S_m the sum of these over the nest
    P(m) = S_m ** (theta / mu) / the sum of these over nests

(McFadden 1978; Ben-Akiva and Lerman 1985, ch. 10). Multinomial logit has one nest, mu = theta and beta = 0; path-size
logit the same with beta > 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from karvan.assignment.path_sets import PathSet
from karvan.errors import InputError
from karvan.model.problem import Floats, Ints, Problem


@dataclass(frozen=True, eq=False)
class Multinomial:
    """Multinomial logit: P ~ exp(-scale * cost) (Dial 1971; Fisk 1980).

    scale > 0, in 1 / cost, is one number or one a class: the larger, the surer that the cheapest path is taken.
    """

    scale: ArrayLike


@dataclass(frozen=True, eq=False)
class PathSize:
    """Path-size logit: P ~ exp(-scale * cost) * size ** weight (Ben-Akiva and Bierlaire 1999).

    The size of a path is the sum over its links of (length of the link / length of the path) / (paths of the set that
    use the link), where length is the cost on the empty network: 1 for a path that shares nothing, 1 / n for one of n
    that are the same. A path of no length has the size 1. weight >= 0; at 0 this is `Multinomial`.
    """

    scale: ArrayLike
    weight: float = 1.0


@dataclass(frozen=True, eq=False)
class Nested:
    """Nested logit: paths of one nest are alike, and compete with each other more than with those of other nests.

    nest (links) is a label >= 0 each; a path is of the nest of its first link with a label other than 0. Paths without
    any such link are a nest of their own together, 0. scale, in 1 / cost, rules choice between nests and nest_scale >=
    scale that within one; both are one number or one a class. Where they are equal this is `Multinomial`.
    """

    scale: ArrayLike
    nest_scale: ArrayLike
    nest: ArrayLike


Model = Multinomial | PathSize | Nested


@dataclass(frozen=True, eq=False)
class Form:
    """What every model comes to: theta and mu (classes), beta, and a label of each link."""

    theta: Floats
    mu: Floats
    beta: float
    label: Ints

    @classmethod
    def of(cls, model: Model, problem: Problem) -> Form:
        """The form of a model. Raises InputError where the model has no meaning on this problem."""
        theta = _by_class(model.scale, problem, "scale")
        mu, beta, label = theta, 0.0, np.zeros(problem.links.count, np.int32)
        if isinstance(model, PathSize):
            beta = float(model.weight)
            if not 0 <= beta < np.inf:
                raise InputError(f"The weight of path sizes is {beta:g}; give a number of at least 0.")
        if isinstance(model, Nested):
            mu = _by_class(model.nest_scale, problem, "nest_scale")
            label = np.asarray(model.nest, np.int32)
            if (mu < theta).any():
                raise InputError("A nest_scale is below its scale: paths of one nest would be less alike than others.")
            if label.shape != (problem.links.count,) or (label < 0).any():
                raise InputError("Nested needs a label of at least 0 for each link.")
        return cls(theta, mu, beta, label)


def _by_class(value: ArrayLike, problem: Problem, name: str) -> Floats:
    try:
        made = np.broadcast_to(np.asarray(value, np.float64), (len(problem.classes),))
    except ValueError:
        raise InputError(f"{name} needs one number, or one for each of the {len(problem.classes)} classes.") from None
    if not ((made > 0) & (made < np.inf)).all():
        raise InputError(f"Every {name} must be a number above 0.")
    return made


class Shares(NamedTuple):
    """Probabilities: of each path in its nest, of each nest in its pair, and of each path in its pair."""

    within: Floats
    among: Floats
    whole: Floats


class Choice:
    """The choice between the paths of a set, by pair."""

    def __init__(self, form: Form, paths: PathSet, lengths: Floats) -> None:
        """Path sizes are made of lengths (classes, links), the costs on the empty network."""
        of_class = paths.pairs.class_[paths.pair]
        self.theta, self.mu = form.theta[of_class], form.mu[of_class]
        begins = np.flatnonzero(np.r_[True, (np.diff(paths.pair) != 0) | (np.diff(paths.nest) != 0)])
        self.nest_starts = begins
        self.nest_of = np.repeat(np.arange(len(begins)), np.diff(np.r_[begins, len(paths)]))
        self.pair_of_nest = paths.pair[begins]
        self.pair_starts = np.flatnonzero(np.r_[True, np.diff(self.pair_of_nest) != 0])
        self.pair_place = np.repeat(
            np.arange(len(self.pair_starts)), np.diff(np.r_[self.pair_starts, len(self.pair_of_nest)])
        )
        self.ratio = (self.theta / self.mu)[begins]
        self.bonus = form.beta * np.log(sizes(paths, lengths)) if form.beta > 0 else np.zeros(len(paths))

    def nest_values(self, cost: Floats) -> tuple[Floats, Floats]:
        """log(S ** (theta / mu)) of each nest, and each path's probability within it, at path costs."""
        utility = self.bonus - self.mu * cost
        top = np.maximum.reduceat(utility, self.nest_starts)
        weight = np.exp(utility - top[self.nest_of])
        total = np.add.reduceat(weight, self.nest_starts)
        return self.ratio * (top + np.log(total)), weight / total[self.nest_of]

    def shares(self, cost: Floats) -> Shares:
        """Probabilities at path costs."""
        value, within = self.nest_values(cost)
        weight = np.exp(value - np.maximum.reduceat(value, self.pair_starts)[self.pair_place])
        among = weight / np.add.reduceat(weight, self.pair_starts)[self.pair_place]
        return Shares(within, among, within * among[self.nest_of])

    def change(self, at: Shares, cost: Floats) -> Floats:
        """The directional derivative of the probabilities by a change of path costs."""
        in_nest = np.add.reduceat(at.within * cost, self.nest_starts)
        in_pair = np.add.reduceat(at.among * in_nest, self.pair_starts)
        mean = in_nest[self.nest_of]
        by_nest = mean - in_pair[self.pair_place][self.nest_of]
        made: Floats = -at.whole * (self.mu * (cost - mean) + self.theta * by_nest)
        return made


def sizes(paths: PathSet, lengths: Floats) -> Floats:
    """The path size of each path in its pair's set, by lengths (classes, links). See `PathSize`."""
    pair: NDArray[np.int64] = np.repeat(paths.pair.astype(np.int64), np.diff(paths.start))
    _, place, users = np.unique(pair * lengths.shape[1] + paths.links, return_inverse=True, return_counts=True)
    length = lengths[paths.pairs.class_[pair], paths.links]
    total = np.add.reduceat(length, paths.start[:-1])
    shared = np.add.reduceat(length / users[place], paths.start[:-1])
    return np.where(total > 0, shared / np.where(total > 0, total, 1.0), 1.0)
