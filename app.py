"""The server: Streamlit's app with the stage's modules served beside it. Start it with ``make run``."""

from pathlib import Path

import streamlit as st

from gates.ui import assets, runs
from gates.ui.frame import apologise
from gates.ui.server import lifespan, middleware

app = st.App(
    Path(__file__).parent / "gates" / "ui" / "main.py",
    routes=[*assets.routes(), *runs.routes()],
    middleware=middleware(),
    lifespan=lifespan,
    on_script_error=apologise,
)
