from gates.ui import frame
from gates.ui.gradients import view
from gates.ui.train import handover

page = frame.enter("gradients")
if not handover.show(page):
    view.choose(page)
    view.show(page)
