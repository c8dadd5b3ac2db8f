from gates.ui import controls, frame, trained, walk

page = frame.enter("rnn", cell="rnn")
if not trained.show(page):
    controls.choose(page)
    walk.show(page)
