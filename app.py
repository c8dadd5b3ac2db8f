"""The server: Streamlit's app with the stage's modules served beside it. Start it with ``make run``."""

import streamlit as st

from gates import paths
from gates.ui.failure import show_failure
from gates.ui.web import server
from gates.ui.web.routes import embed, formulas, lecture, lessons, preview, share, takeaway, worksheets
from gates.ui.web.static import assets

app = st.App(
    paths.PACKAGE / "ui" / "main.py",
    routes=[
        *assets.routes(),
        *preview.routes(),
        *share.routes(),
        *takeaway.routes(),
        *embed.routes(),
        *lessons.routes(),
        *lecture.routes(),
        *formulas.routes(),
        *worksheets.routes(),
    ],
    middleware=server.middleware(),
    lifespan=server.lifespan,
    on_script_error=show_failure,
)
