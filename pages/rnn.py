from gates.ui import controls, frame, walk

page = frame.enter("rnn", cell="rnn")
controls.choose(page)
walk.show(page)
