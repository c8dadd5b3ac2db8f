"""What the app teaches with: inputs, hand-made cells, notations and equations. Data, pure functions."""
