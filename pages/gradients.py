from gates.ui import frame, gradients

page = frame.enter("gradients", cell="lstm")
gradients.choose(page)
gradients.show(page)
