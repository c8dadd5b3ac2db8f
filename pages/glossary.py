from gates.ui import frame
from gates.ui.glossary import view

page = frame.enter("glossary")
view.show(page)
