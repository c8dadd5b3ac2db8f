"""The script that every session runs: settles the language, then the page that the address names."""

from gates.ui import frame

frame.run()
