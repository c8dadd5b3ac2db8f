"""The lab's challenges: what one is and how it is checked, and the catalogue of them."""
