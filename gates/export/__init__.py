"""Takes away what a page shows: one HTML file that needs no server."""
