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

    def __init__(self, folder):
        self.folder = folder
        self.log = folder / "log"
        self.start()

    def start(self):
        ready = self.folder / "ready.json"
        ready.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "cloud", "--listen", "127.0.0.1:0", "--data", self.folder / "data", "--ready-file", ready],
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
            "region_name": self.ready["region"],
            "aws_access_key_id": self.ready["access_key_id"],
            "aws_secret_access_key": self.ready["secret_access_key"],
            "config": Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
        }
        return boto3.client(service, endpoint_url=self.url, **(keys | others))

    def aws(self, *arguments, status=0):
        """Runs the AWS CLI; its output and errors together."""
        environment = os.environ | {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_DEFAULT_REGION": self.ready["region"],
            "AWS_ACCESS_KEY_ID": self.ready["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": self.ready["secret_access_key"],
            "AWS_PAGER": "",
            "AWS_CONFIG_FILE": "/dev/null",
        }
        ran = subprocess.run(
            ["aws", *map(str, arguments)], env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        assert ran.returncode == status, ran.stdout
        return ran.stdout

    def function(self, name, module="echo", **others):
        """Makes a function of `functions/MODULE.wat` and awaits that it may be invoked."""
        functions = self.client("lambda")
        made = functions.create_function(
            FunctionName=name,
            Runtime="provided.al2023",
            Handler="bootstrap",
            Role=ROLE,
            Code={"ZipFile": package(module)},
            **others,
        )
        functions.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
        return made


def module_bytes(name):
    return base64.b64decode((HERE / "functions" / f"{name}.wasm.b64").read_text())


def package(name):
    """A deployment package of `functions/NAME.wat`."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("bootstrap.wasm", module_bytes(name))
    return written.getvalue()


@pytest.fixture
def cloud(tmp_path):
    cloud = Cloud(tmp_path)
    try:
        yield cloud
    except BaseException:
        cloud.process.kill()
        raise
    cloud.stop()
