from gates.ui import controls, frame, walk

page = frame.enter("lstm", cell="lstm")
controls.choose(page)
walk.show(page)
