"""Networks that PyTorch can train, made from the engine's and made back into them."""
