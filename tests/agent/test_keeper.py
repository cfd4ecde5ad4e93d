"""Parts of the keeper that need no site; the rest is in the suite of every process site."""

import os
import subprocess

from gridtie.agent.keeper import _into


def test_who_enters_a_run_joins_only_namespaces_that_are_not_the_keepers_and_first_the_one_that_owns_them() -> None:
    inner = ["unshare", "--user", "sh", "-c", "echo up; exec sleep 60"]
    for command, ways in (
        (["unshare", "--user", "--map-root-user", "--mount", "--net", *inner], 2),
        (["unshare", "--user", "--map-root-user", "--mount", "--net", *inner[2:]], 1),
    ):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as apart:
            assert apart.stdout is not None
            assert apart.stdout.readline() == "up\n"
            words, owner = _into(apart.pid, None)
            assert words[-5:] == [f"--target={apart.pid}", "--mount", "--net", "--user", "--preserve-credentials"]
            assert words.count("nsenter") == ways
            assert (owner >= 0) is (ways == 2)
            entered = subprocess.run([*words, "readlink", "/proc/self/ns/net"], pass_fds=[owner] if owner >= 0 else [],
                                     capture_output=True, text=True, check=True)  # fmt: skip
            assert entered.stdout.strip() == os.readlink(f"/proc/{apart.pid}/ns/net")
            assert _into(apart.pid, ["--setuid=7"])[0][-3:] == ["--mount", "--net", "--setuid=7"]
            apart.kill()
        if owner >= 0:
            os.close(owner)
