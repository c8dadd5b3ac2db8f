from gates.ui import frame
from gates.ui.lecture import view

page = frame.enter("lecture")
view.show(page)
