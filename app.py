"""The server: Streamlit's app with the stage's modules served beside it. Start it with ``make run``."""

from pathlib import Path

import streamlit as st

from gates.ui import assets, runs, server
from gates.ui.failure import apologise

app = st.App(
    Path(__file__).parent / "gates" / "ui" / "main.py",
    routes=[*assets.routes(), *runs.routes(), *server.routes()],
    middleware=server.middleware(),
    lifespan=server.lifespan,
    on_script_error=apologise,
)
