"""Sheets: an exercise on paper, with blanks to fill and with every line of its answer."""
