from gates.ui import frame, walk, ways

page = frame.enter("home", cell="lstm")
ways.show(page)
walk.stage_alone(page)
