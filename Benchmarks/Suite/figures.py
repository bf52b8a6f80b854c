"""Quantiles, noise, growth, and what may be claimed."""

import dataclasses
import math

# Floor against floor: above this a ratio is not believed as it is.
NOISE_LIMIT = 0.03


def quantile(values, share):
    """The nearest-rank quantile; of nothing it is nothing."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def median(values):
    return quantile(values, 0.5)


def ratio(value, other):
    return None if value is None or not other else value / other


def noise(a, b, share=0.5):
    """How far two measurements of the same thing lie apart."""
    found = ratio(quantile(b, share), quantile(a, share))
    return None if found is None else abs(found - 1)


def exponent(sizes, values):
    """The slope of the line through all points, by least squares, both axes logarithmic: 0 where a cost
    does not grow with the size, 1 where it is proportional. None for less than two points."""
    points = [(math.log(size), math.log(value)) for size, value in zip(sizes, values) if value and value > 0]
    if len(points) < 2:
        return None
    x, y = (sum(axis) / len(points) for axis in zip(*points))
    spread = sum((point[0] - x) ** 2 for point in points)
    return sum((point[0] - x) * (point[1] - y) for point in points) / spread if spread else None


MET, MISSED, NO_CLAIM, NOT_MEASURED = "met", "MISSED", "no claim", "not measured"


@dataclasses.dataclass
class Claim:
    """A goal, and what came of it: `value` has to be at most `limit`, or at least where `at_least`."""
    what: str
    value: float
    limit: float
    unit: str = "times the floor"
    noise: float = None
    at_least: bool = False

    @property
    def verdict(self):
        """Within the limit of the noise a value counts as it is; above it, only what would be the same
        with the noise against it is claimed."""
        if self.value is None:
            return NOT_MEASURED
        doubt = 1 + self.noise if self.noise and self.noise > NOISE_LIMIT else 1
        value, limit = (-self.value, -self.limit) if self.at_least else (self.value, self.limit)

        def shifted(factor):
            return value * factor if value > 0 else value / factor

        if shifted(doubt) <= limit:
            return MET
        return MISSED if shifted(1 / doubt) > limit else NO_CLAIM

    def sentence(self):
        bound = "at least" if self.at_least else "at most"
        value = "–" if self.value is None else number(self.value)
        beside = "" if self.noise is None else f" (noise {100 * self.noise:.1f} %)"
        return f"{self.what}: {value} {self.unit}, {bound} {number(self.limit)}{beside}"


def number(value):
    """Three digits that mean something, and no exponent."""
    if value is None:
        return "–"
    if value == 0 or isinstance(value, int):
        return f"{value:,.0f}"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}"


def microseconds(nanoseconds):
    return "–" if nanoseconds is None else number(nanoseconds / 1000)
