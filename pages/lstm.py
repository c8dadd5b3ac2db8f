from gates.ui import frame
from gates.ui.step import controls, view
from gates.ui.train import transfer

page = frame.enter("lstm")
if not transfer.show(page):
    controls.choose(page)
    view.show(page)
