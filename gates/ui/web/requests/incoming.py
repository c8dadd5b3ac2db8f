"""What a route knows of a request: whose it is, its language and body; and its answer where it has none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from functools import wraps
from typing import Any, ParamSpec

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from gates.export.states import ExportError
from gates.text import LANGUAGES, Translator, translator
from gates.ui.web.requests.fair_queue import Busy, Client

Arguments = ParamSpec("Arguments")

TAB = "x-gatescope-tab"
"""The header in which a browser's tab says which one it is."""


class TooLarge(Exception):
    """A request with more bytes than its route takes."""


def guarded(
    *nonsense: type[Exception],
) -> Callable[[Callable[Arguments, Awaitable[Response]]], Callable[Arguments, Coroutine[Any, Any, Response]]]:
    """Decorate a route's handler, whose last argument is the request, so that it always has an answer.

    413 for a request that is too large, 400 where whoever asked has gone, 429 where too many ask, with a
    sentence and when to ask again; 422 with a sentence for what cannot be taken away.

    Args:
        nonsense: what it raises for requests that no page of ours would send; they get 422 alone.
    """

    def decorate(
        handler: Callable[Arguments, Awaitable[Response]],
    ) -> Callable[Arguments, Coroutine[Any, Any, Response]]:
        @wraps(handler)
        async def answer(*args: Arguments.args, **options: Arguments.kwargs) -> Response:
            request = args[-1]
            assert isinstance(request, Request)
            try:
                return await handler(*args, **options)
            except TooLarge:
                return Response(status_code=413)
            except ClientDisconnect:
                return Response(status_code=400)
            except Busy as busy:
                return refused(
                    reader_translator(request)("error.busy"), 429, {"retry-after": str(busy.after)}
                )
            except ExportError as wrong:
                return refused(reader_translator(request)(wrong.key, **wrong.values))
            except nonsense:
                return Response(status_code=422)

        return answer

    return decorate


def refused(sentence: str, status: int = 422, headers: Mapping[str, str] | None = None) -> Response:
    """Return the answer that says why there is nothing else."""
    return PlainTextResponse(sentence, status, headers)


def client(request: Request) -> Client:
    """Return whose turn a request takes."""
    return Client(request.client.host if request.client else "", request.headers.get(TAB, "")[:64])


def reader_translator(request: Request) -> Translator:
    """Return the words of the language that a request asks for, or of the first where it is none of ours."""
    accepted = request.headers.get("accept-language", "")
    return translator(accepted if accepted in LANGUAGES else LANGUAGES[0])


async def body(request: Request, largest: int) -> bytes:
    """Return the bytes of a request.

    Raises:
        TooLarge: they are more than ``largest``.
        ClientDisconnect: whoever asked has gone.
    """
    received = bytearray()
    async for part in request.stream():
        received += part
        if len(received) > largest:
            raise TooLarge
    return bytes(received)
