"""Everything that knows Streamlit: the frame, the controls, the stage and the link."""
