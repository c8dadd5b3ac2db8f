"""Sets for a class: an exercise a student, with keys, for paper and for learning platforms; and marks."""
