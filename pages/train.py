from gates.ui import frame
from gates.ui.train import view

page = frame.enter("train")
view.choose(page)
view.show(page)
