"""What the train page shows of language models: samples, and the source texts' own experiment."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from gates.ui.frame import Page
from gates.ui.train_stage import Shown


def samples(page: Page, shown: Sequence[Shown]) -> None:
    """Shows what each model writes."""
    st.empty()
