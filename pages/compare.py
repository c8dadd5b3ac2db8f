from gates.ui import compare, frame

page = frame.enter("compare", cell="lstm")
compare.choose(page)
compare.show(page)
