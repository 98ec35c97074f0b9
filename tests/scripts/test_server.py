"""script/server from the outside: what it says, what it starts, and that nothing of it stays behind."""

import os
import shutil
import signal
import socket
import subprocess
import urllib.request
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

PROJECT = Path(__file__).resolve().parents[2]
NOT_COPIED = shutil.ignore_patterns(".git", ".venv", ".env", "var", ".*_cache", ".hypothesis", "__pycache__")
STOP_SECONDS = 60


@pytest.fixture
def project(tmp_path):
    """A copy of the project with data of its own, and with what was installed for this one."""
    copy = tmp_path / "project"
    shutil.copytree(PROJECT, copy, ignore=NOT_COPIED)
    (copy / ".venv").symlink_to(PROJECT / ".venv")
    return copy


@pytest.fixture
def port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def environment(port):
    return {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "PORT": str(port)}


def start(project, port, *arguments):
    """Start script/server and return it with the lines it printed until it was ready."""
    server = subprocess.Popen(
        ["script/server", *arguments],
        cwd=project,
        env=environment(port),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # A shell's background jobs ignore it, and so would everything they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    lines = []
    for line in server.stdout:
        lines.append(line.rstrip())
        if "Ctrl-C" in line:
            return server, lines
    raise AssertionError("script/server ended early:\n" + "\n".join(lines))


def processes_in(folder):
    """Return the commands of the processes that work in the folder, by process number."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if Path(os.readlink(process / "cwd")) == folder:
                found[int(process.name)] = (process / "cmdline").read_text().split("\0")
        except OSError:
            continue
    return found


def status(url):
    with urllib.request.urlopen(url) as answer:
        return answer.status


def test_server_port_in_use_says_so_in_one_line(project):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        taken = listener.getsockname()[1]

        result = subprocess.run(
            ["script/server"], cwd=project, env=environment(taken), capture_output=True, text=True
        )

    assert result.returncode == 1
    assert result.stderr == (
        f"Cổng {taken} đang được chương trình khác dùng. Hãy chọn cổng khác: PORT=8001 script/server\n"
    )


def test_server_unknown_argument_says_how_it_is_called(project, port):
    result = subprocess.run(
        ["script/server", "prod"], cwd=project, env=environment(port), capture_output=True, text=True
    )

    assert (result.returncode, result.stderr) == (1, "Cách dùng: script/server [demo]\n")


def test_server_demo_interrupted_leaves_no_process(project, port):
    server, lines = start(project, port, "demo")
    address = f"http://127.0.0.1:{port}"
    assert lines[-1] == f"Cổng đang chạy tại {address} (Ctrl-C để dừng)"
    assert any("Tài khoản trình diễn" in line for line in lines)
    assert status(f"{address}/health/ready") == 200
    assert len(processes_in(project)) >= 5

    server.send_signal(signal.SIGINT)

    server.communicate(timeout=STOP_SECONDS)
    assert server.returncode == 0
    assert processes_in(project) == {}


def test_server_worker_killed_stops_everything(project, port):
    server, _ = start(project, port)
    assert server.stdout.readline().startswith(
        f"Liên kết dùng một lần cho quản trị viên đầu tiên: http://127.0.0.1:{port}/"
    )
    worker = min(pid for pid, command in processes_in(project).items() if "worker" in command)

    os.kill(worker, signal.SIGKILL)

    said, _ = server.communicate(timeout=STOP_SECONDS)
    assert server.returncode == 1
    assert "Dừng lại vì tiến trình nền đã tắt; nguyên nhân ở các dòng trên." in said
    assert processes_in(project) == {}
