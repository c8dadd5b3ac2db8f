"""The results of a class without a server: what students' browsers exported, read and counted."""
