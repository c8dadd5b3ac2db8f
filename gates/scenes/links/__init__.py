"""A page's state as query parameters, both ways: one module a family of pages."""
