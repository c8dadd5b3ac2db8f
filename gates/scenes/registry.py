"""The pages: what each opens on, how its link is read and written, and what it takes part in.

A page is a script of the same name in ``pages/``, an entry here, and its sentences (``page.<name>.*``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from gates.examples.notation.kinds import CellKind
from gates.scenes.links.codec import Problem, Table
from gates.scenes.links.compare import COMPARE, CompareState
from gates.scenes.links.course import COURSE, CourseState
from gates.scenes.links.glossary import GLOSSARY, GlossaryState
from gates.scenes.links.gradients import GRADIENTS, GradientState
from gates.scenes.links.lab import LAB
from gates.scenes.links.lecture import LECTURE, LectureState
from gates.scenes.links.step import STEP
from gates.scenes.links.train import TRAIN, TrainState
from gates.scenes.state import READER, Position, State

START = Position()
SETTINGS = ("lang", "notation", "z")
"""Parameters of settings that a person chooses once for all pages."""


@dataclass(frozen=True)
class PageEntry:
    """One page.

    name: its script and address. icon: of the ways to it. opening: what it shows at first. position: where
    the stage stands in that example at first, a step that shows something. link: the table of its fields.
    shares_input: what goes into its cells is taken along from and to the other pages that share it.
    recomputes: its whole state is in its link, so that a moved slider, or a link that its stage opens, is
    answered without a rerun. staged: it has a stage.
    """

    name: str
    icon: str
    opening: State
    position: Position = START
    link: Table = STEP
    shares_input: bool = False
    recomputes: bool = False
    staged: bool = True

    @property
    def cell(self) -> CellKind:
        """The kind of cell that it opens with."""
        return self.opening.cell

    def read(
        self, query: Mapping[str, str], base: State | None = None
    ) -> tuple[State, Position, list[Problem]]:
        """Return what a link opens: the state, where the stage stands, and what the link got wrong.

        A link that says no more than what holds on every page opens as the page does without one.

        Args:
            query: the query parameters, decoded.
            base: the opening in the language that is spoken where the link names none.
        """
        base = base or self.opening
        state, position, problems = self.link.read(query, base)
        if set(query).intersection(self.link.names).difference(SETTINGS):
            return state, position, problems
        return replace(self.opening, **state.values(READER)), self.position, problems


_ENTRIES = (
    PageEntry("home", ":material/home:", State("lstm"), Position(step=4), recomputes=True),
    PageEntry("course", ":material/school:", CourseState(), link=COURSE),
    PageEntry(
        "lstm", ":material/memory:", State("lstm"), Position(step=4), shares_input=True, recomputes=True,
    ),
    PageEntry(
        "gru", ":material/tune:", State("gru", reset="after"), Position(step=2), shares_input=True,
        recomputes=True,
    ),
    PageEntry(
        "rnn", ":material/autorenew:", State("rnn"), Position(step=3), shares_input=True, recomputes=True,
    ),
    PageEntry(
        "lab", ":material/science:", State("lstm", in_lab=True, preset="latch"), Position(step=2), link=LAB,
        recomputes=True,
    ),
    PageEntry("compare", ":material/view_column:", CompareState(), link=COMPARE, shares_input=True),
    PageEntry(
        "gradients", ":material/trending_down:", GradientState(), link=GRADIENTS, recomputes=True
    ),
    PageEntry("train", ":material/model_training:", TrainState(), link=TRAIN),
    PageEntry("lecture", ":material/co_present:", LectureState(), link=LECTURE, staged=False),
    PageEntry("glossary", ":material/dictionary:", GlossaryState(), link=GLOSSARY, staged=False),
)  # fmt: skip

PAGES: Mapping[str, PageEntry] = MappingProxyType({entry.name: entry for entry in _ENTRIES})
"""All pages by name, in the order of the navigation; the first is the home page."""
HOME = _ENTRIES[0].name
