from gates.ui import frame
from gates.ui.compare import view
from gates.ui.train import transfer

page = frame.enter("compare")
if not transfer.show(page):
    view.choose(page)
    view.show(page)
