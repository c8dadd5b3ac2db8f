"""The English of what is said about layers and files of Keras; see ``gates.interop.sentences``."""

KERAS: dict[str, str] = {}
