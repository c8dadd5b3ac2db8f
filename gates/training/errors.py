"""What can go wrong before or while a network is trained, each in a sentence with the way out."""

from __future__ import annotations

import errno

from gates.errors import GatesError


class TrainingError(GatesError):
    """A task, a recipe or a person's own data that cannot be trained on."""


_KINDS = {
    "full": (errno.ENOSPC, errno.EDQUOT, errno.EFBIG),
    "denied": (errno.EACCES, errno.EPERM, errno.EROFS),
    "gone": (errno.ENOENT, errno.ENOTDIR),
    "busy": (errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE),
}


def kind_of(error: OSError) -> str:
    """Return what an operating system's refusal comes to: ``full`` (the disk), ``denied``, ``gone`` (the
    folder), ``busy`` (no memory, processes or open files left) or ``other``."""
    return next((kind for kind, codes in _KINDS.items() if error.errno in codes), "other")


def code_of(error: OSError) -> str:
    """Return the refusal's name, such as ``EIO``, which is the same in every language."""
    return errno.errorcode.get(error.errno or 0, type(error).__name__)
