"""What the app teaches with: hand-made and trained cells, comparisons, challenges. Data and pure code."""
