"""Every request: what it may ask for, whose turn it is, in which order a browser's reach Streamlit."""
