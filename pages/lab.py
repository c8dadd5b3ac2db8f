from gates.ui import frame
from gates.ui.lab import view

page = frame.enter("lab")
view.choose(page)
view.show(page)
