"""Tasks to train on, and the loop that trains: networks whose gates learn while one watches."""
