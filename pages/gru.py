from gates.ui import controls, frame, trained, walk

page = frame.enter("gru", cell="gru")
if not trained.show(page):
    controls.choose(page)
    walk.show(page)
