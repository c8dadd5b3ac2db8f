"""Streamlit's own words: each that our pages can show is known, and said in every language of ours."""

import re
from pathlib import Path

import pytest
import streamlit

from gates.text import LANGUAGES, subset
from gates.ui.connection import words

SCRIPTS = Path(streamlit.__file__).parent / "static" / "static" / "js"
WIDGETS = (
    "BaseButton", "Button", "ButtonGroup", "Checkbox", "DownloadButton", "FileUploader", "InputInstructions",
    "Multiselect", "NumberInput", "PageLink", "Progress", "ProgressBar", "Selectbox", "Slider", "Spinner",
    "TextArea", "TextInput", "Toast", "Toolbar", "Tooltip", "WidgetLabel", "WidgetLabelHelpIcon",
    "requiredField", "useFormValidation", "withFullScreenWrapper",
)  # fmt: skip
"""The scripts of the widgets that our pages use."""

SAID = re.compile(r"`([A-Z][a-z]+(?:[ ,.+'’-]+(?:\$\{[^}]*\}|[\w.]+))*[.!]?)`")
NEVER_SEEN = {
    # keys of the keyboard, events, and names of parts inside the scripts
    "AbortError", "ArrowDown", "ArrowLeft", "ArrowRight", "ArrowUp", "Backspace", "Ctrl", "Delete", "Down",
    "DropdownController", "ElementFullscreenContext", "Enter", "Escape", "FullscreenExit", "Home",
    "InputInstructions", "Left", "Minus", "Multiselect", "NumberInput", "Plus", "Right", "Selectbox", "Tab",
    "SetTriggerRefContext", "TextInput", "TriggerRefContext", "Undo", "Up", "End", "PageDown", "PageUp",
    # errors of programming, for the console
    "Deferred download not properly configured", "Invalid data type", "Unknown slider state",
    # names of fields without a label; all of ours have one
    "Download Button", "Multiselect options", "Selectbox options",
    # folders, several files and passwords, which no page asks for
    "Add files", "Drag and drop directories here", "Drag and drop files here", "Upload directories",
    "Hide password", "Show password",
    # hidden or replaced by page.css
    "Upload",
}  # fmt: skip


def scripts(name: str) -> str:
    """The text of a script, whose file's name bears a hash."""
    found = [path for path in SCRIPTS.glob(f"{name}.*.js") if path.name.split(".")[0] == name]
    assert found, f"Streamlit has no script {name}"
    return "".join(path.read_text(encoding="utf-8") for path in found)


def pieces(text: str) -> list[str]:
    """What of a template stands in Streamlit's script as it is; some of its words are put in there."""
    return [piece for piece in re.split(r"\$?\{[^}]*\}|apply|options", text) if piece.strip()]


@pytest.mark.parametrize("name", WIDGETS)
def test_what_a_widget_says_is_known(name: str) -> None:
    known = {tuple(pieces(text)) for text in subset("en", ("streamlit.",)).values()}
    said = {text for text in SAID.findall(scripts(name)) if text not in NEVER_SEEN}
    assert not {text for text in said if tuple(pieces(text)) not in known}, "say it in streamlit.json"


def test_streamlit_still_says_what_is_translated() -> None:
    everything = "".join(path.read_text(encoding="utf-8") for path in SCRIPTS.glob("*.js"))
    for key, text in subset("en", ("streamlit.",)).items():
        assert all(piece in everything for piece in pieces(text)), key


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "en"])
def test_each_word_is_said_in_every_language(language: str) -> None:
    told = words(language)
    assert len(told) == len(subset("en", ("streamlit.",))), "two keys have the same English, or one is untold"
    assert not words("en")
