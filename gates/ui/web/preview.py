"""The short way to a run: what a slider or an edited weight asks for comes straight from the engine.

A rerun of a page is Streamlit's way there and back for every element of it, for each movement and each
student. Here the browser sends its link and what was moved, and gets the packed run; nothing is
remembered. The page hears of it when the hand rests, by the long way, and then shows the same run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gates import strict_json
from gates.errors import GatesError
from gates.examples.notation.letters import CellKind
from gates.inputs.sequence import InputError
from gates.scenes import header as stage_header
from gates.scenes import payload, readouts, scene
from gates.scenes.header import moved_sliders
from gates.scenes.lab import header as lab_header
from gates.scenes.lab import message
from gates.scenes.lab import scene as lab_scene
from gates.scenes.links import codec
from gates.scenes.scene import Scene
from gates.scenes.state import State
from gates.text import translator
from gates.ui import frame

ADDRESS = "/runs"
LARGEST = 2**18
"""Bytes of a request. An edited input of 1,000 steps and 32 columns takes two thirds of it."""

CELLS: Mapping[str, CellKind] = MappingProxyType(
    {"home": "lstm", "lstm": "lstm", "gru": "gru", "rnn": "rnn", "lab": "lstm"}
)
"""The pages whose whole state is in their link, and the kind of cell that each begins with."""

Asked = Mapping[str, Any]

NONSENSE = (GatesError, InputError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
"""What is raised by requests that no page of ours would send."""


def routes() -> Sequence[BaseRoute]:
    """The route of the short way."""
    return [Route(ADDRESS, _answer, methods=["POST"])]


async def _answer(request: Request) -> Response:
    """Gives the run; 422 for what makes no sense here, which the browser then sends the long way."""
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > LARGEST:
                return Response(status_code=413)
    except ClientDisconnect:  # a newer movement took this one's place; nobody waits for an answer
        return Response(status_code=400)
    try:
        packed = await run_in_threadpool(run, strict_json.loads(bytes(body)))
    except NONSENSE:
        return Response(status_code=422)
    return Response(packed, media_type="application/octet-stream", headers={"cache-control": "no-store"})


def run(asked: Asked) -> bytes:
    """Return the packed run that a page would show if its state were what is asked for.

    Args:
        asked: ``page``; ``params`` of its link; ``nonce`` of its place; and what was moved: ``sliders`` or
            ``lab``, as the stage sends them to the page. For the lab also ``lab_nonce``.

    Raises:
        InputError, ValueError, …: it makes no sense.
    """
    page, params = str(asked["page"]), {str(name): str(value) for name, value in asked["params"].items()}
    base = frame.opening(page, CELLS[page])
    state, _, problems = codec.read(params, base)
    if problems:
        raise InputError(problems[0].key, **problems[0].values)
    shown, state, more = (_edited if state.bench else _slid)(state, asked)
    header = stage_header.describe(page, state, translator(state.lang), shown) | more
    at = {"nonce": asked["nonce"], "heard": asked["told"]}
    return payload.pack(header, payload.arrays(shown.trace) | readouts.arrays(shown), at)


def _slid(state: State, asked: Asked) -> tuple[Scene, State, dict[str, Any]]:
    """The run of a step page with its sliders elsewhere."""
    state = replace(state, sliders=moved_sliders(state, asked["sliders"], scene.network(state)))
    return scene.build(state), state, {}


def _edited(state: State, asked: Asked) -> tuple[Scene, State, dict[str, Any]]:
    """The lab's run after an edit, or after a slider of its example moved; as before where it is refused."""
    t = translator(state.lang)
    reply = problem = None
    if sent := asked.get("lab"):
        reply = int(sent["serial"])
        try:
            state = message.taken(state, sent)
        except InputError as wrong:
            problem = t(wrong.key, **wrong.values)
    else:
        state = lab_scene.slid(state, moved_sliders(state, asked["sliders"], lab_scene.example(state)))
    shown = lab_scene.build(state)
    return shown, state, lab_header.header(shown, state.lang, str(asked["lab_nonce"]), reply, problem)
