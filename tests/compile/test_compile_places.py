# SPDX-License-Identifier: MIT
"""Where cors compile writes: whole or not at all, with which mode, and over what never."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from compiled_policies import FINE, ORIGIN, allows, compiled, left_over, listed
from tests.support.cors_command import COMMAND, SECONDS, cors_environment, run_cors

DEADLINE = 30.0


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def compile_with(folder: Path, output: str, umask: int) -> None:
    done = subprocess.run([COMMAND, "compile", "cors.yaml", "-o", output], cwd=folder, umask=umask,
                          env=cors_environment(), capture_output=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("umask, mode", [(0o022, 0o644), (0o077, 0o600), (0, 0o666)])
def test_a_new_file_has_the_usual_mode(umask: int, mode: int, tmp_path: Path) -> None:
    (tmp_path / "cors.yaml").write_text(FINE)
    compile_with(tmp_path, "x.corsc", umask)
    assert mode_of(tmp_path / "x.corsc") == mode


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444, 0o755])
def test_a_replaced_file_keeps_its_mode(mode: int, tmp_path: Path) -> None:
    block = compiled(tmp_path)
    block.chmod(mode)
    before = block.stat().st_ino
    compile_with(tmp_path, block.name, 0o022)
    assert mode_of(block) == mode
    assert block.stat().st_ino != before, "whoever reads the old file must find it unchanged"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    target = tmp_path / "elsewhere" / "real.corsc"
    target.write_bytes(b"old")
    link = tmp_path / "x.corsc"
    link.symlink_to("elsewhere/real.corsc")
    (tmp_path / "cors.yaml").write_text(FINE)
    compile_with(tmp_path, "x.corsc", 0o022)
    assert link.is_symlink() and allows(target, ORIGIN)
    assert left_over(tmp_path) == left_over(target.parent) == []


@pytest.mark.parametrize("target", ["elsewhere.corsc", "missing/x.corsc", "x.corsc"])
def test_a_link_that_leads_nowhere_stays(target: str, tmp_path: Path) -> None:
    link = tmp_path / "x.corsc"
    link.symlink_to(target)
    (tmp_path / "cors.yaml").write_text(FINE)
    done = run_cors(["compile", "cors.yaml", "-o", "x.corsc"], tmp_path)
    assert (done.code, done.stdout) == (3, "")
    assert done.stderr == ("cors compile: x.corsc cannot be written: it is a symbolic link that"
                           " leads to no file\n")
    assert os.readlink(link) == target and left_over(tmp_path) == []


@pytest.mark.parametrize("how", ["same", "spelled otherwise", "symbolic link", "hard link"])
def test_the_source_is_never_overwritten(how: str, tmp_path: Path) -> None:
    source = tmp_path / "cors.yaml"
    source.write_text(FINE)
    other = tmp_path / "other"
    if how == "symbolic link":
        other.symlink_to(source)
    elif how == "hard link":
        os.link(source, other)
    output = {"same": "cors.yaml", "spelled otherwise": f"../{tmp_path.name}/./cors.yaml"}
    done = run_cors(["compile", "cors.yaml", "-o", output.get(how, "other")], tmp_path)
    assert (done.code, done.stdout) == (2, "")
    assert "would overwrite cors.yaml" in done.stderr
    assert source.read_text() == FINE


def test_a_list_is_never_overwritten(tmp_path: Path) -> None:
    source = listed(tmp_path, 3)
    before = (tmp_path / "list.txt").read_text()
    done = run_cors(["compile", source.name, "-o", "list.txt"], tmp_path)
    assert done.code == 2 and "list.txt" in done.stderr
    assert (tmp_path / "list.txt").read_text() == before


def test_a_full_device(tmp_path: Path) -> None:
    (tmp_path / "cors.yaml").write_text(FINE)
    done = run_cors(["compile", "cors.yaml", "-o", "/dev/full"], tmp_path)
    assert (done.code, done.stdout) == (3, "")
    assert done.stderr == "cors compile: /dev/full cannot be written: No space left on device\n"
    with open("/dev/full", "wb") as full:
        done = run_cors(["compile", "cors.yaml", "-o", "-"], tmp_path, stdout=full)
    assert done.code == 3 and "standard output cannot be written: No space" in done.stderr


def allow_files_of(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_no_room_leaves_the_old_file(tmp_path: Path) -> None:
    block = compiled(tmp_path)
    before = block.read_bytes()
    source = listed(tmp_path, 20000)
    for more in ("--json", "--color=never"):
        done = subprocess.run(
            [COMMAND, "compile", source.name, "-o", block.name, more], cwd=tmp_path,
            env=cors_environment(), capture_output=True, timeout=SECONDS, check=False,
            preexec_fn=lambda: allow_files_of(100_000))
        assert done.returncode == 3
        assert done.stderr == b"cors compile: cors.corsc cannot be written: File too large\n"
        assert block.read_bytes() == before and left_over(tmp_path) == []


@pytest.mark.parametrize("output, words", [
    ("folder", "it is a directory"),
    ("folder/", "it is a directory"),
    ("missing/x.corsc", "No such file or directory"),
    ("cors.yaml/x.corsc", "Not a directory"),
    (f"{'x' * 256}.corsc", "File name too long"),
])
def test_places_that_are_none(output: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "cors.yaml").write_text(FINE)
    (tmp_path / "folder").mkdir()
    done = run_cors(["compile", "cors.yaml", "-o", output], tmp_path)
    assert (done.code, done.stdout) == (3, "")
    assert done.stderr.startswith("cors compile: ") and words in done.stderr
    assert sorted(os.listdir(tmp_path)) == ["cors.yaml", "folder"]
    assert os.listdir(tmp_path / "folder") == []


@pytest.fixture(name="open_folder")
def make_open_folder() -> Iterator[Path]:
    """A folder that every user can enter, with the command and a policy."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copy(COMMAND, folder / "cors")
        (folder / "cors.yaml").write_text(FINE)
        (folder / "x.corsc").write_bytes(b"old")
        yield folder


def test_a_folder_that_may_not_be_written(open_folder: Path) -> None:
    somebody = 65534 if os.geteuid() == 0 else None
    open_folder.chmod(0o555)
    done = subprocess.run([str(open_folder / "cors"), "compile", "cors.yaml", "-o", "x.corsc"],
                          cwd=open_folder, env=cors_environment(), capture_output=True,
                          timeout=SECONDS, check=False, user=somebody, group=somebody)
    open_folder.chmod(0o755)
    assert done.returncode == 3
    assert done.stderr == (b"cors compile: x.corsc cannot be written: no file can be made in its"
                           b" folder: Permission denied\n")
    assert (open_folder / "x.corsc").read_bytes() == b"old"


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    block = compiled(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    done = run_cors(["compile", "cors.yaml", "-o", "pipe"], tmp_path)
    reader.join(DEADLINE)
    assert done.code == 0 and got == [block.read_bytes()]
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


class Writing:
    """A command that was stopped while its file is half way."""

    def __init__(self, folder: Path, source: Path, ignored: int | None = None) -> None:
        def prepare() -> None:
            """Whoever started the tests in the background had them ignore some of these."""
            for number in ENDING:
                signal.signal(number, signal.SIG_IGN if number == ignored else signal.SIG_DFL)
        # pylint: disable-next=consider-using-with
        self.process = subprocess.Popen([COMMAND, "compile", source.name, "-o", "x.corsc"],
                                        cwd=folder, env=cors_environment(), preexec_fn=prepare,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + DEADLINE
        self.temporary = left_over(folder)
        while not self.temporary and self.process.poll() is None and time.monotonic() < end:
            self.temporary = left_over(folder)
        self.process.send_signal(signal.SIGSTOP)
        self.files = [(folder / name).stat() for name in left_over(folder)]

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        self.process.send_signal(signal.SIGCONT)
        return self.process.wait(DEADLINE)


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_leaves_nothing(number: int, tmp_path: Path) -> None:
    source = listed(tmp_path, 100_000)
    run_cors(["compile", source.name, "-o", "x.corsc"], tmp_path)
    whole = (tmp_path / "x.corsc").stat().st_size
    (tmp_path / "x.corsc").write_bytes(b"old")
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        writing = Writing(tmp_path, source)
        code = writing.end(number)
        assert left_over(tmp_path) == []
        if code == -number:
            assert (tmp_path / "x.corsc").read_bytes() == b"old"
            modes = {stat.S_IMODE(file.st_mode) for file in writing.files if file.st_size < whole}
            assert modes <= {0o600}, "while written, only the owner may look"
            return
        assert code == 0, "it was done before the signal came"
        (tmp_path / "x.corsc").write_bytes(b"old")
    pytest.fail("no signal came in time")


def test_an_ignored_signal_is_ignored(tmp_path: Path) -> None:
    source = listed(tmp_path, 100_000)
    assert Writing(tmp_path, source, signal.SIGHUP).end(signal.SIGHUP) == 0
    assert allows(tmp_path / "x.corsc", "https://t99999.example.com")
