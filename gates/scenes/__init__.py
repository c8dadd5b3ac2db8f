"""What a page shows, without Streamlit: its state, its link, the run, and the bytes for the browser."""
