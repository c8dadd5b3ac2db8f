"""Files of weights, a module for each format; :mod:`gates.interop.files.registry` lists them."""
