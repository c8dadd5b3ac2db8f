"""The course: lessons as data, their reader, and what holds them to the engine."""
