from gates.ui import frame, lab

page = frame.enter("lab", cell="lstm")
lab.choose(page)
lab.show(page)
