from gates.ui import frame
from gates.ui.gradients import view
from gates.ui.train import transfer

page = frame.enter("gradients")
if not transfer.show(page):
    view.choose(page)
    view.show(page)
