"""ONNX' graphs."""
