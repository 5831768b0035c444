"""Starts the real program and hands tests AWS's own clients. Knows nothing of any service."""

import base64
import io
import json
import os
import re
import signal
import subprocess
import time
import zipfile
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

HERE = Path(__file__).parent
PROGRAM = Path(os.environ.get("CUMULO_BIN", HERE.parent.parent / "target/release/cumulo"))
ROLE = "arn:aws:iam::000000000000:role/e2e"
DEADLINE = 30


def until(condition, what):
    """Awaits a condition with a deadline."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError(f"never came: {what}")


def members(session):
    """The processes, not yet reaped, whose session is this."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(stat.parent.name)
    return found


class Cloud:
    """One `cumulo cloud` on a data directory; may be killed and started again."""

    def __init__(self, folder, *arguments):
        self.folder = folder
        self.arguments = arguments
        self.log = folder / "log"
        self.start()

    def start(self):
        ready = self.folder / "ready.json"
        ready.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "cloud", "--listen", "127.0.0.1:0", "--data", self.folder / "data", "--ready-file", ready]
                + list(self.arguments),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(lambda: ready.exists() or self.process.poll() is not None, "the ready file")
        assert self.process.poll() is None, self.log.read_text()
        assert ready.stat().st_mode & 0o777 == 0o600
        self.ready = json.loads(ready.read_text())
        assert self.ready["pid"] == self.process.pid
        self.url = self.ready["cloud_url"]
        self.port = self.url.rsplit(":", 1)[1]

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(DEADLINE)
        until(lambda: not members(self.process.pid), "the end of the killed cloud's workers")

    def stop(self):
        self.process.terminate()
        assert self.process.wait(DEADLINE) == 0
        until(lambda: not members(self.process.pid), "the end of every process of the cloud")
        bad = [line for line in self.log.read_text().splitlines() if re.search(r"panicked at| ERROR ", line)]
        assert not bad, bad

    def client(self, service, **others):
        keys = {
            "endpoint_url": self.url,
            "region_name": self.ready["region"],
            "aws_access_key_id": self.ready["access_key_id"],
            "aws_secret_access_key": self.ready["secret_access_key"],
            "config": Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
        }
        return boto3.client(service, **(keys | others))

    def environment(self):
        """What the IDE's terminals have in theirs, too."""
        return os.environ | {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_DEFAULT_REGION": self.ready["region"],
            "AWS_ACCESS_KEY_ID": self.ready["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": self.ready["secret_access_key"],
            "AWS_PAGER": "",
            "AWS_CONFIG_FILE": "/dev/null",
            "SAM_CLI_TELEMETRY": "0",
        }

    def command(self, *arguments, status=0, **others):
        """Runs an AWS client's program; its output and errors together."""
        ran = subprocess.run(
            [*map(str, arguments)],
            env=self.environment(),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
            **others,
        )
        assert ran.returncode == status, ran.stdout
        return ran.stdout

    def aws(self, *arguments, status=0):
        """Runs the AWS CLI 1, which comes first on the search path."""
        return self.command("aws", *arguments, status=status)

    def function(self, name, module="echo", zip=None, client=None, **others):
        """Makes a function of `functions/MODULE.wat`, or of a package, and awaits that it may be invoked."""
        functions = client or self.client("lambda")
        made = functions.create_function(
            FunctionName=name,
            Runtime="provided.al2023",
            Handler="bootstrap",
            Role=ROLE,
            Code={"ZipFile": zip or package(module)},
            **others,
        )
        functions.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
        return made


def module_bytes(name):
    return base64.b64decode((HERE / "functions" / f"{name}.wasm.b64").read_text())


def zipped(files, programs=()):
    """A ZIP file with those names and contents; what of them are programs may be run."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, contents in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (0o755 if name in programs else 0o644) << 16
            archive.writestr(entry, contents, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def package(name):
    """A deployment package of `functions/NAME.wat`."""
    return zipped({"bootstrap.wasm": module_bytes(name)})


def saying(text):
    """A deployment package of a function that answers with exactly this text, whatever it is asked."""

    def number(value):
        encoded = b""
        while value > 0x7F:
            encoded += bytes([value & 0x7F | 0x80])
            value >>= 7
        return encoded + bytes([value])

    def constant(value):
        return b"\x41" + bytes([value])

    def named(name):
        return number(len(name)) + name

    def section(kind, *entries):
        body = number(len(entries)) + b"".join(entries)
        return bytes([kind]) + number(len(body)) + body

    text = text.encode()
    vector = (16).to_bytes(4, "little") + len(text).to_bytes(4, "little")
    # fd_write(1, the vector at 0, one of it, the count to 8), and what it returns is dropped.
    code = b"\x00" + constant(1) + constant(0) + constant(1) + constant(8) + b"\x10\x00\x1a\x0b"
    module = b"\0asm\x01\0\0\0" + b"".join([
        section(1, b"\x60\x04\x7f\x7f\x7f\x7f\x01\x7f", b"\x60\x00\x00"),
        section(2, named(b"wasi_snapshot_preview1") + named(b"fd_write") + b"\x00\x00"),
        section(3, b"\x01"),
        section(5, b"\x00" + number(len(text) // 65536 + 1)),
        section(7, named(b"memory") + b"\x02\x00", named(b"_start") + b"\x00\x01"),
        section(10, named(code)),
        section(11, b"\x00" + constant(0) + b"\x0b" + named(vector), b"\x00" + constant(16) + b"\x0b" + named(text)),
    ])
    return zipped({"bootstrap.wasm": module})


def running(folder, *arguments):
    cloud = Cloud(folder, *arguments)
    try:
        yield cloud
    except BaseException:
        cloud.process.kill()
        raise
    cloud.stop()


@pytest.fixture
def cloud(tmp_path):
    yield from running(tmp_path)


@pytest.fixture
def open_cloud(tmp_path):
    """One that accepts every access key."""
    yield from running(tmp_path, "--any-key")
