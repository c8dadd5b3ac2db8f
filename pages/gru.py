from gates.ui import controls, frame
from gates.ui.step import view
from gates.ui.train import handover

page = frame.enter("gru", cell="gru")
if not handover.show(page):
    controls.choose(page)
    view.show(page)
