"""The lecture's page."""
