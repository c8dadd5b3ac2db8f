from gates.ui import frame
from gates.ui.compare import view
from gates.ui.train import handover

page = frame.enter("compare")
if not handover.show(page):
    view.choose(page)
    view.show(page)
