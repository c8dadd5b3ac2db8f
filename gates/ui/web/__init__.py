"""What the server does beside Streamlit: files, headers, limits, and runs without a rerun of the page."""
