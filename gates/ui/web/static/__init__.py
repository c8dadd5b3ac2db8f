"""Files that never change under their name: the stage, fonts, Streamlit's own; compressed once and kept."""
