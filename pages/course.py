from gates.ui import frame
from gates.ui.course import view

page = frame.enter("course")
view.show(page)
