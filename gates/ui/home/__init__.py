"""The home page: three ways in."""
