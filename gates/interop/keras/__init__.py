"""Keras' models and layers."""
