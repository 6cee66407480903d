"""`--help` teaches, and loads nothing that takes time."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cdisc.cli.commands import cdisc as group

HEAVY = ("pandas", "numpy", "pyarrow", "lxml", "great_expectations", "rich")


def loaded_by(arguments: list[str], names: tuple[str, ...]) -> list[str]:
    script = (
        "import sys\n"
        "from cdisc.cli.main import run\n"
        f"code = run({arguments!r})\n"
        f"print([n for n in {names!r} if n in sys.modules], file=sys.stderr)\n"
        "sys.exit(code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    return eval(done.stderr.splitlines()[-1])


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(arguments):
    assert loaded_by(arguments, HEAVY) == []


@pytest.mark.parametrize("command", ["run", "check"])
def test_building_and_checking_never_load_great_expectations(study, command):
    assert loaded_by([command], ("great_expectations",)) == []


def test_the_help_names_every_command_and_every_exit_code(cdisc):
    ran = cdisc("--help")
    assert ran.code == 0
    for name in group.commands:
        assert f"  cdisc {name}" in ran.out, name
    assert "0 clean, 1 gate closed, 2 usage or spec error" in ran.out
    assert max(map(len, ran.lines)) <= 80


@pytest.mark.parametrize("name", sorted(group.commands))
def test_every_command_explains_itself_and_its_options(cdisc, name):
    ran = cdisc(name, "--help")
    assert ran.code == 0
    assert max(map(len, ran.lines)) <= 80
    for parameter in group.commands[name].params:
        if parameter.param_type_name == "option":
            assert parameter.help, parameter.name


def test_a_bare_command_shows_the_help(cdisc):
    assert "cdisc init DIR" in "\n".join(cdisc().lines)


def test_the_version_is_that_of_the_package(cdisc):
    from cdisc import __version__

    assert cdisc("--version").out == f"cdisc {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["runn"], "No such command 'runn'"),
        (["run", "--onyl", "AE"], "Did you mean '--only'?"),
        (["init"], "Missing argument 'DIR'"),
    ],
)
def test_a_slip_of_the_pen_is_answered_in_a_line_and_where_to_look(cdisc, arguments, said):
    ran = cdisc(*arguments)
    assert ran.code == 2
    assert said in ran.err
    assert "--help' for help." in ran.err
