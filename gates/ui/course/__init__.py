"""The course's page."""
