"""What can go wrong before or while a network is trained, each in a sentence with the way out."""

from __future__ import annotations

from gates.errors import GatesError
from gates.text import translator


class TrainingError(GatesError):
    """A task, a recipe or a person's own data that cannot be trained on.

    ``key`` and ``values`` make the sentence in another language; ``str(error)`` is the English one. All of
    them stand in ``assets/strings``.
    """

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self.values = values
        ValueError.__init__(self, translator("en")(key, **values))
