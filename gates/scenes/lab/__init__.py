"""What the lab shows: its run, its header for the stage, and the messages that the browser sends."""
