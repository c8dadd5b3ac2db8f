"""What an exercise cannot be, in one sentence."""

from gates.errors import GatesError


class ExerciseError(GatesError):
    """An exercise, a set or an answer sheet that cannot be used: where, what was expected, what to do."""
