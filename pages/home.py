from gates.ui import frame, home
from gates.ui.step import view

page = frame.enter("home")
home.show(page)
view.stage_alone(page)
