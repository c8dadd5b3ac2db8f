from gates.ui import frame, train

page = frame.enter("train", cell="lstm")
train.choose(page)
train.show(page)
