from gates.ui import compare, frame, trained

page = frame.enter("compare", cell="lstm")
if not trained.show(page):
    compare.choose(page)
    compare.show(page)
