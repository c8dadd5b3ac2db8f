"""How the literature writes the cells: letters of the signals, and their equations."""
