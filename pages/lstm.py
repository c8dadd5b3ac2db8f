from gates.ui import controls, frame, trained, walk

page = frame.enter("lstm", cell="lstm")
if not trained.show(page):
    controls.choose(page)
    walk.show(page)
