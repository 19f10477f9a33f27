"""What an office file wants fetched from elsewhere: refused before it is read, though nothing here would fetch it."""

import re
import zipfile
from typing import Final

from jizhun.kernel.archives import refused, tree

REMOTE: Final = re.compile(r"(?:https?|ftp):|\\\\|//|file:/{2}[^/]", re.I)


def check_outside(archive: zipfile.ZipFile, name: str) -> None:
    """Refused where the file refers outside, but for links that a reader clicks and templates on a disk."""
    for part in archive.namelist():
        for one in tree(archive, part, name) if part.endswith(".rels") else ():
            kind, target = one.get("Type", "").rpartition("/")[2], one.get("Target", "")
            harmless = kind == "hyperlink" or (kind == "attachedTemplate" and not REMOTE.match(target))
            if one.get("TargetMode") == "External" and not harmless:
                raise refused(name, f"文件引用了外部内容“{target[:80]}”：请把它嵌入文件或删除后再导入。",
                              f"it refers to something outside, “{target[:80]}”: embed it or take it out first.")
