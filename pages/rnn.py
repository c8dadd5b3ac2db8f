from gates.ui import frame
from gates.ui.step import controls, view
from gates.ui.train import handover

page = frame.enter("rnn")
if not handover.show(page):
    controls.choose(page)
    view.show(page)
