"""HDF5 as Keras writes it, decoded byte by byte: structures, chunks, and the tree of groups and arrays."""
