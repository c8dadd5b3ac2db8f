"""What the server answers without a rerun of a page: runs, lessons, files, sheets, a lecture's windows."""
