from gates.ui import frame, gradients, trained

page = frame.enter("gradients", cell="lstm")
if not trained.show(page):
    gradients.choose(page)
    gradients.show(page)
