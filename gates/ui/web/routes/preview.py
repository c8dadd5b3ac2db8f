"""Recomputation of a run without a rerun of the page: what a moved slider or an edited weight asks for.

In a rerun of a page Streamlit builds and sends every element of it anew, for each movement and each
student. Here the browser sends its link and what was moved, and gets the packed run; nothing is
remembered. The page is notified after a pause, by a rerun, and then shows the same run.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from gates import strict_json
from gates.course.runs import loss_of
from gates.inputs.sequence import InputError
from gates.scenes import gradients, pair, payload, readouts, scene
from gates.scenes import header as stage_header
from gates.scenes.header import moved_sliders
from gates.scenes.lab import header as lab_header
from gates.scenes.lab import message
from gates.scenes.lab import scene as lab_scene
from gates.scenes.links.gradients import GradientState
from gates.scenes.registry import PAGES
from gates.scenes.scene import Scene
from gates.scenes.state import Position, State
from gates.text import Translator, subset, translator
from gates.ui.web.requests import incoming
from gates.ui.web.requests.fair_queue import Client, FairQueue, Limits

ADDRESS = "/runs"
LARGEST = 2**19
"""Bytes of a request. An edited input of 1,000 steps and 32 columns takes two thirds of it."""

RunSpec = Mapping[str, Any]

NONSENSE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
"""What is raised by requests that no page of ours would send."""


TOKEN = 16_000
"""Steps × units that count like one more request."""
PLAIN = 2**16
"""Bytes from which a run is sent as it is: its numbers hardly shrink, and compressing them took twenty times
as long as computing them."""
PART = 2**18  # bytes handed to the network at a time
SENDING = 8  # large answers under way at a time, so that slow lines do not fill the memory
SECONDS = 60  # for one of them to arrive
REST = 2.0
"""After a large run none begins for so many times as long as it took: two thirds are left to small ones."""


class Preview:
    """The route that recomputes, and whose turn it is there."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.queue = FairQueue(limits or Limits())
        self.sending = asyncio.Semaphore(SENDING)

    @incoming.guarded()
    async def answer(self, request: Request) -> Response:
        """Give the run; 422 for what makes no sense here, which the browser then leaves to a rerun.

        204, nothing, for a link that only the page can open, or say what is wrong with; that is said in a
        sentence, with 422, where what is shown ``stays``. 429 where a
        reader asks for too much or too many wait, with a sentence and when to ask again.
        """
        client = incoming.client(request)
        self.queue.charge(client)
        body = await incoming.body(request, LARGEST)
        spec: RunSpec = {}
        try:
            async with self.queue.slot(client):
                spec = strict_json.loads(body)
                packed = await run_in_threadpool(_packed_if_small, spec)
            return Packed(packed) if isinstance(packed, bytes) else await self._large(client, packed)
        except NONSENSE as wrong:
            asks = spec if isinstance(spec, dict) else {}
            if asks.get("stays") is True and isinstance(wrong, InputError):
                return incoming.refused(incoming.reader_translator(request)(wrong.key, **wrong.values))
            return Response(status_code=204 if asks.get("opens") else 422)

    async def _large(self, client: Client, moved: Recomputation) -> Response:
        """Gives a large run, behind the small ones and not before the network has room for it."""
        self.queue.charge(client, moved.cost / TOKEN)
        async with self.queue.slot(client, heavy=True):
            await self.sending.acquire()
            try:
                start = time.monotonic()
                packed = await run_in_threadpool(moved.packed)
                self.queue.rest(REST * (time.monotonic() - start))
            except BaseException:
                self.sending.release()
                raise
        return Packed(packed, self.sending.release)


class Packed(Response):
    """A packed run; a large one goes out in parts, uncompressed. ``sent`` is called when it is gone."""

    media_type = "application/octet-stream"

    def __init__(self, content: bytes, sent: Callable[[], None] = lambda: None) -> None:
        super().__init__(content, headers={"cache-control": "no-store"})
        if len(content) > PLAIN:
            self.headers["content-encoding"] = "identity"
        self.sent = sent

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends it, as ASGI has it; to a reader who takes too long, only the beginning."""
        try:
            async with asyncio.timeout(SECONDS):
                head = {
                    "type": "http.response.start",
                    "status": self.status_code,
                    "headers": self.raw_headers,
                }
                await send(head)
                parts = [self.body[start : start + PART] for start in range(0, len(self.body), PART)]
                for number, part in enumerate(parts, 1):
                    more = number < len(parts)
                    await send({"type": "http.response.body", "body": part, "more_body": more})
        except TimeoutError:
            pass
        finally:
            self.sent()


def routes(limits: Limits | None = None) -> Sequence[BaseRoute]:
    """The route that recomputes."""
    return [Route(ADDRESS, Preview(limits).answer, methods=["POST"])]


def _packed_if_small(spec: RunSpec) -> bytes | Recomputation:
    """The packed run if it is small; else what is to be computed."""
    moved = Recomputation.of(spec)
    return moved if moved.cost >= scene.LARGE else moved.packed()


@dataclass(frozen=True)
class Recomputation:
    """The state of a page in which something was moved, or that a link opens; ``spec`` is the request.

    position: where the stage is to stand; None where it stays.
    """

    page: str
    state: State
    position: Position | None
    spec: RunSpec

    @classmethod
    def of(cls, spec: RunSpec) -> Self:
        """Read a request; raises InputError, ValueError, … where it makes no sense."""
        page, params = str(spec["page"]), _texts(spec["params"])
        entry, opens = PAGES[page], spec.get("opens") is True
        if not entry.recomputes:
            raise ValueError(page)
        settings = _texts(spec.get("settings", {})) if opens else {}
        state, position, problems = entry.read(settings | params)
        if problems:
            raise InputError(problems[0].key, **problems[0].values)
        if opens and spec.get("pairs") is True and pair.companion_preset(page, state, state.preset):
            raise ValueError(state.preset)
        return cls(page, state, position if opens else None, spec)

    @property
    def cost(self) -> int:
        """What the run costs, as gates.scenes.scene reckons it."""
        return gradients.cost(self.state) if isinstance(self.state, GradientState) else scene.cost(self.state)

    def packed(self) -> bytes:
        """Return the packed run; raises InputError, ValueError, … where what was moved makes no sense."""
        if isinstance(self.state, GradientState):
            return self._packed_way_back(self.state)
        scene, state, more = (_edited if self.state.in_lab else _slid)(self.state, self._changes())
        t = translator(state.lang)
        header = stage_header.describe(self.page, state, t, scene) | more
        if (loss := self.spec.get("loss")) is not None:
            return self._packed_with_gradients(header, scene, t, loss)
        return payload.pack(
            header, lambda: payload.arrays(scene.trace) | readouts.arrays(scene), self._at(), of=scene
        )

    def _packed_with_gradients(
        self, header: dict[str, Any], scene: Scene, t: Translator, loss: RunSpec
    ) -> bytes:
        """Return the packed run with the gradients of a loss that a lesson names."""
        seed = int(loss.get("direction", 0))
        back = gradients.scene_with_gradients(scene, loss_of({"loss": loss}), seed, t)
        words = {"strings": {**header["strings"], **subset(t.language, ("gradient.",))}}
        arrays = payload.arrays(scene.trace) | readouts.arrays(scene) | back.arrays()
        return payload.pack(header | words | back.header(t), arrays, self._at())

    def _packed_way_back(self, state: GradientState) -> bytes:
        """Return the packed run of the gradients page; beside it stands what is wrong with it."""
        t = translator(state.lang)
        back = gradients.backward_scene(state, t)
        if back.scene is None:
            raise InputError("export.overran.whole")
        header = stage_header.describe(self.page, state, t, back.scene) | gradients.fields(back, state, t)
        if back.overran is not None:
            header["watch"] = t("export.overran", step=back.overran)
        arrays = payload.arrays(back.scene.trace) | readouts.arrays(back.scene) | back.arrays()
        return payload.pack(header, arrays, self._at())

    def _at(self) -> dict[str, Any]:
        """Whose place it is, and where the stage is to stand."""
        at = {"nonce": self.spec.get("nonce", ""), "acknowledged": self.spec.get("request", 0)}
        return at | (self.position.as_json() if self.position is not None else {})

    def _changes(self) -> RunSpec:
        """The request; a link begins a session of its own in the lab."""
        if self.position is None or not self.state.in_lab:
            return self.spec
        return {"lab_nonce": lab_header.nonce(self.state, str(self.spec.get("nonce", "")))}


def run(spec: RunSpec) -> bytes:
    """Return the packed run that a page would show if its state were what is asked for.

    Args:
        spec: ``page``; ``params`` of its link; ``nonce`` of its place; and what was moved, if anything:
            ``sliders`` or ``lab``, as the stage sends them to the page. For the lab also ``lab_nonce``.
            With ``loss``, a lesson's, the run comes with the gradients of that loss.
        With ``opens`` true the link is opened, with its position, and ``settings`` are the parameters
            of what the reader chose for all pages, which count where the link says nothing of them. With
            ``pairs`` true an example that its page shows beside another one is left to the page.

    Raises:
        InputError, ValueError, …: it makes no sense.
    """
    return Recomputation.of(spec).packed()


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {str(name): str(value) for name, value in values.items()}


def _slid(state: State, spec: RunSpec) -> tuple[Scene, State, dict[str, Any]]:
    """The run of a step page, with its sliders elsewhere where they were moved."""
    if "sliders" in spec:
        state = replace(state, sliders=moved_sliders(state, spec["sliders"], scene.network(state)))
    return scene.build(state), state, {}


def _edited(state: State, spec: RunSpec) -> tuple[Scene, State, dict[str, Any]]:
    """The lab's run, after an edit or a slider of its example where one moved; as before if it is refused."""
    t = translator(state.lang)
    reply = problem = None
    if sent := spec.get("lab"):
        reply = int(sent["serial"])
        try:
            state = message.apply_edit(state, sent)
        except InputError as wrong:
            problem = t(wrong.key, **wrong.values)
    elif "sliders" in spec:
        state = lab_scene.with_sliders(state, moved_sliders(state, spec["sliders"], lab_scene.example(state)))
    scene = lab_scene.build(state)
    nonce, checked = str(spec.get("lab_nonce", "")), lab_header.checked(state)
    return scene, state, lab_header.header(scene, state.lang, nonce, reply, problem, checked)
