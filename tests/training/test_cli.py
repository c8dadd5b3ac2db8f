"""The terminal: ``python -m gates.training``, as somebody types it."""

from __future__ import annotations

import json
import re
import runpy
import sys
from dataclasses import fields
from itertools import chain, repeat
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from gates import commands
from gates.interop import load
from gates.text import translator
from gates.training import __main__ as cli
from gates.training import terminal
from gates.training.loop import train
from gates.training.recipe import Recipe
from gates.training.tasks.registry import TASKS, make_task

T = translator("en")
SHORT = ["--steps", "12", "--batch", "8", "--length", "6"]


def records(out: str) -> list[dict[str, float]]:
    return [json.loads(line) for line in out.splitlines()]


def test_a_run_from_a_shell_writes_records_a_bar_and_weights(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "net.safetensors"
    typed = ["parity", "--cell", "gru", "--seed", "3", "--json", *SHORT, "--out", str(out)]
    monkeypatch.delitem(sys.modules, cli.__name__)  # as if for the first time
    monkeypatch.setattr(sys, "argv", ["__main__.py", *typed])
    with pytest.raises(SystemExit) as left:
        runpy.run_module("gates.training", run_name="__main__", alter_sys=True)
    assert left.value.code == 0
    heard = capsys.readouterr()
    lines = records(heard.out)
    assert lines[0]["step"] == 0 and lines[-1]["step"] == 12
    assert all(isinstance(line[name], float) for line in lines for name in ("loss", "metric"))
    assert all(0 <= line["metric"] <= 1 for line in lines)
    assert "12/12" in heard.err and str(out) in heard.err

    network, task = load(out), make_task("parity", length=6)
    batch = task.held_out()
    assert network.cells[0].kind == "gru" and network.cells[0].dtype == np.float32
    assert task.score(network.run(batch.x).scores, batch) == pytest.approx(lines[-1]["metric"], abs=2e-3)
    assert [path.name for path in tmp_path.iterdir()] == ["net.safetensors"]


@pytest.mark.parametrize("cell", ["rnn", "gru-before", "lstm-coupled"])
def test_the_weights_say_what_cell_they_are(cell: str, tmp_path: Path) -> None:
    out = tmp_path / "net.safetensors"
    assert cli.main(["parity", "--cell", cell, *SHORT, "--layers", "2", "--out", str(out)]) == 0
    network = load(out)
    assert len(network.layers) == 2 and network.readout is not None
    own = network.cells[0]
    assert getattr(own, "reset", None) == ("before" if cell == "gru-before" else None)
    assert getattr(own, "coupled", False) == (cell == "lstm-coupled")


def test_the_same_seed_gives_the_same_records(capsys: pytest.CaptureFixture[str]) -> None:
    outputs = []
    for seed in ("1", "1", "2"):
        assert cli.main(["adding", "--json", "--seed", seed, *SHORT]) == 0
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1] != outputs[2]


def test_without_json_a_sentence_tells_the_score(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = chain([100.0], repeat(102.0))
    monkeypatch.setattr(terminal, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    assert cli.main(["parity", *SHORT]) == 0
    *_, last = train(Recipe.of("parity", steps=12, batch=8, length=6))
    baseline = make_task("parity", length=6).baseline
    assert capsys.readouterr().out == (
        f"Parity, lstm: share right {last.metric:.4g} after 12 steps (without memory {baseline:.4g}). "
        f"2.0 s, {12 * 8 * 6 / 2:.0f} tokens/s.\n"
    )


def test_list_names_every_task(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--list"]) == 0
    lines = [f"{task:<15} {T(f'task.{task}')}. {T(f'task.{task}.about')}" for task in TASKS]
    assert capsys.readouterr().out.splitlines() == lines


def test_its_help_names_every_field_of_a_recipe(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "1000")
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    said = " ".join(capsys.readouterr().out.split())
    told = {name: T(f"training.cli.{name}") for name in (own.name for own in fields(Recipe)[1:])}
    told = {f"{name.replace('_', '-')}{' …' * (name != 'scratch')}": text for name, text in told.items()}
    told["source FILE"] = T("training.cli.source", python="python")
    told |= {
        "json": T("training.cli.json"),
        "out FILE": T("training.cli.out"),
        "list": T("training.cli.list"),
    }
    options = [f"--{name} {text}" for name, text in told.items()]
    assert said.endswith(f"show this help message and exit {' '.join(options)}")
    assert f"{T('training.cli.about')} positional arguments: task {T('training.cli.task')} options:" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chess"], "no task called “chess”"),
        (["parity", "--cell", "lstn"], "lstm-coupled"),
        (["parity", "--steps", "many"], "steps cannot be many"),
        (["parity", "--steps", "1e9"], "whole number from 1 to 100,000"),
        (["parity", "--hidden", "0"], "hidden cannot be 0"),
        (["parity", "--lr", "nan"], "lr cannot be nan"),
        (["parity", "--lr", "none"], "lr cannot be None"),
        (["parity", "--cell", "rnn", "--forget-bias", "1"], "no gate"),
        (["parity", "--hidden", "256", "--batch", "1024", "--length", "300"], "4,000,000"),
        (["parity", "--source", "nowhere.txt"], "takes no --source"),
        (["series", "--source", "nowhere.txt"], "nowhere.txt cannot be read"),
        (["parity", "--out", "nowhere/net.npz"], "nowhere/net.npz cannot be read or written"),
        (["parity", "--out", "net"], "net does not say in which format"),
        (["parity", "--out", "."], ". is a folder"),
        (["parity", "--cell", "gru-before", "--out", "net.pt"], "PyTorch cannot build"),
    ],
)
def test_bad_arguments_get_a_sentence(
    arguments: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(arguments) == commands.REFUSED
    heard = capsys.readouterr()
    assert said in heard.err and "Traceback" not in heard.err and not heard.out
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments", [[], ["parity", "--hiden", "3"], ["parity", "adding"]])
def test_what_cannot_be_parsed_is_told_with_the_usage(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    assert left.value.code == 2
    said = capsys.readouterr().err
    assert "usage: python -m gates.training" in said
    assert arguments or T("training.cli.no_task", known=", ".join(TASKS)) in said


def test_sources_that_are_no_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    assert cli.main(["series", "--source", str(binary)]) == commands.REFUSED
    assert "UTF-8" in capsys.readouterr().err
    monkeypatch.setattr(cli, "MAX_SOURCE", 2)
    assert cli.main(["series", "--source", str(binary)]) == commands.REFUSED
    assert "larger than" in capsys.readouterr().err


def test_a_model_of_characters_continues_d2ls_beginnings(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "python_documentation", lambda: "the time traveller for so it will be. " * 600)
    small = ["--source", "python", "--hidden", "8", "--steps", "60", "--batch", "8", "--lr", "0.03"]
    assert cli.main(["characters", *small]) == 0
    said = capsys.readouterr().out.splitlines()
    assert "perplexity" in said[0]
    assert said[1].startswith("  time traveller") and said[2].startswith("  traveller")
    assert [len(line) for line in said[1:]] == [2 + 14 + 50, 2 + 9 + 50]


def test_a_run_that_diverges_keeps_what_was_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "net.npz"
    out.write_bytes(b"older")
    wild = ["--cell", "rnn", "--optimiser", "sgd", "--lr", "100", "--clip", "none", "--steps", "300"]
    assert cli.main(["adding", *wild, "--out", str(out)]) == cli.DIVERGED
    assert re.search(r"diverged: after \d+ steps", capsys.readouterr().err)
    assert out.read_bytes() == b"older" and len(list(tmp_path.iterdir())) == 1


def test_an_interrupted_run_keeps_its_last_checkpoint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = cli.train

    def interrupted(*given: object) -> object:
        for progress in real(*given):  # type: ignore[arg-type]
            if progress.step == 7:
                raise KeyboardInterrupt
            yield progress

    monkeypatch.setattr(cli, "train", interrupted)
    out = tmp_path / "net.safetensors"
    assert cli.main(["parity", *SHORT, "--out", str(out)]) == cli.INTERRUPTED
    heard = capsys.readouterr()
    assert heard.out.startswith("Interrupted. Parity, lstm: share right ")
    assert " after 6 steps (without memory " in heard.out
    assert f"{T('training.cli.saved', path=out, step=6)}\n" in heard.err
    assert load(out).cells[0].kind == "lstm"
