"""What can go wrong with other people's weights, each in a sentence with the way out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from gates.errors import GatesError

LISTED = 20
SHOWN = 6
"""How many readings a sentence lists; all are in ``AmbiguousError.readings``."""


class InteropError(GatesError):
    """Weights, a module or a file that cannot be converted."""


def names_text(names: Iterable[str], most: int = SHOWN) -> str:
    """Return the first of ``names`` as a list to read, with … for more than ``most``; – for none."""
    names = list(names)
    return ", ".join(names[:most]) + ", …" * (len(names) > most) or "–"


@contextmanager
def required(package: str, path: object) -> Iterator[None]:
    """Turn a failed import into a sentence: ``path``, a file or its name, cannot be read or written without.

    Raises:
        InteropError: the package is not installed.
    """
    try:
        yield
    except ImportError:
        raise InteropError("interop.error.package", package=package, path=path) from None


@dataclass(frozen=True)
class Reading:
    """One way to read a source: the layer's name, how PyTorch would print it, and the call that takes it.

    names: the layers' names, bottom first. options: the other arguments of that call, ``activation`` too.
    """

    name: str
    layer: str
    call: str
    activation: str | None = None
    names: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"  {self.call}  # {self.layer}"


class AmbiguousError(InteropError):
    """A source that can be read in several ways. ``readings`` lists them, for the caller to choose."""

    def __init__(self, key: str, **values: object) -> None:
        readings = values["readings"]
        assert isinstance(readings, tuple)
        self.readings: tuple[Reading, ...] = readings
        listed = [str(reading) for reading in readings[:LISTED]] + ["  …"] * (len(readings) > LISTED)
        super().__init__(key, **values | {"readings": "\n".join(listed)})

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (self.key, self.values | {"readings": self.readings})


def _rebuild(key: str, values: dict[str, object]) -> AmbiguousError:
    return AmbiguousError(key, **values)
