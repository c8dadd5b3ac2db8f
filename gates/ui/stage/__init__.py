"""The stage as a Streamlit component."""
