from gates.ui import controls, frame, walk

page = frame.enter("gru", cell="gru")
controls.choose(page)
walk.show(page)
