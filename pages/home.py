from gates.ui import frame
from gates.ui.home import view
from gates.ui.step.view import stage_alone

page = frame.enter("home")
view.entrances(page)
stage_alone(page)
view.pages(page)
