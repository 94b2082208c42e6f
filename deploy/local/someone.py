"""PostgreSQL refuses root and users without a name: who it runs as instead, and what that one may pass through."""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import Refused

NOBODY = "65534"


@dataclass(frozen=True)
class Someone:
    """Whom a command runs as: a prefix to it (another name in a namespace, the same owner), or another user."""

    prefix: tuple[str, ...] = ()
    user: int | None = None
    group: int | None = None

    def give(self, path: Path) -> None:
        """Make the path, and what is under it, theirs; nothing to do where no owner changes."""
        if self.user is None or not path.exists() or path.stat().st_uid == self.user:
            return
        for one in (path, *path.rglob("*")):
            os.chown(one, self.user, self.group if self.group is not None else -1, follow_symlinks=False)


def choose(data: Path) -> Someone:
    """Ourselves, else a user namespace, else `nobody`; a data folder that is nobody's already stays so.

    The namespace is the better way: it changes no owner and works inside a folder of mode 700. Some containers refuse
    it. Raises Refused for a nameless user there.
    """
    uid = os.geteuid()
    if uid != 0 and has_name(uid):
        return Someone()
    theirs = uid == 0 and data.exists() and data.stat().st_uid != 0
    if not theirs and namespaces_work():
        return Someone((str(shutil.which("unshare")), "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"))
    if uid != 0:
        raise Refused(
            "Tài khoản chạy lệnh này không có tên trong hệ thống.", "PostgreSQL needs a user that has a name."
        )
    nobody = pwd.getpwnam("nobody")
    return Someone((), nobody.pw_uid, nobody.pw_gid)


def has_name(uid: int) -> bool:
    try:
        return bool(pwd.getpwuid(uid))
    except KeyError:
        return False


def namespaces_work() -> bool:
    unshare = shutil.which("unshare")
    probe = (str(unshare), "--user", f"--map-user={NOBODY}", "true")
    return unshare is not None and subprocess.run(probe, capture_output=True, check=False).returncode == 0


def open_way(folder: Path) -> None:
    """Let another user pass through to `folder`: it and the one above are ours to open. Raises Refused further up."""
    for ours in (folder, folder.parent):
        ours.chmod(stat.S_IMODE(ours.stat().st_mode) | stat.S_IXGRP | stat.S_IXOTH)
    for above in folder.parent.parents:
        if not above.stat().st_mode & stat.S_IXOTH:
            raise Refused(
                f"PostgreSQL không chạy bằng root, mà người khác không vào được {above}: hãy đặt dự án ở thư mục khác.",
                f"PostgreSQL does not run as root, and no other user may pass {above}: put the project elsewhere.",
            )
