"""What the newsroom's pages are dressed in: stylesheets, scripts, a font, icons, by any address.

A page looks right when its stylesheet, what that imports, and what both point to have come.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode
from pathlib import PurePosixPath

from zancrawler.newsroom.answer import Answer, digest
from zancrawler.newsroom.picture import png

_SHEET = """@charset "utf-8";
@import "parts/type.css";
/* of $path */
:root{--dressed:"$path"}
body{border-block-start:.5rem solid $colour;background:#fff url("parts/paper.png") top/4rem}
header,nav{background-image:url('parts/line.svg')}
@media print{body{border:0}}
"""
_TYPE = """@font-face{font-family:"Newsroom Naskh";font-display:swap;
src:url("naskh.woff2") format("woff2"),url("naskh.woff") format("woff")}
h1,h2{font-family:"Newsroom Naskh","Noto Naskh Arabic",serif}
"""
_FONT = b64decode(
    "d09GMgABAAAAAAE0AAoAAAAAAoAAAADuAAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAABmAANAocNgE2AiQDCAsGAAQg"
    "BXUHIBvgAWCuBuyGbIcAtVPTUGcNt/lpASN/iuj7odt7/yXQVVA1dTzVIlw0rhuJsjiPFEFnd65GccjxOi+H41tN"
    "FFIWjvPVLyF56JsXAHJgAVfnfziOTo4vfAgCsQzbMgqAk7gtoMhyG0McerzSbPS6aOTnJpolwMsYzM3HHMbcHwBg"
    "DgoDM0Mw0+ZoLZjvZbEFQIFG0JgAGoQ+0U4xAkHYXT5vvn8zfPCz+aWeb5BdwVAgjPk+6jXGWQAANWKgpSUprGrP"
    "AuIcAeXAuSFtIa5cFC/n7rZphyK2JK0+jvo9RNkllmkagi0imirJiq0jCwI="
)
"""WOFF2, made with fontTools: a space and nothing more, so letters are those of the next font."""
_LAZY = """// Pictures that wait until the page is there: what it says of them in data-src.
addEventListener("DOMContentLoaded", () => {
  for (const image of document.querySelectorAll("img[data-src]")) image.src = image.dataset.src;
});
"""
_LINE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="2">'
    '<path fill="#ddd" d="M0 0h8v1H0z"/></svg>'
)
_PIXEL = bytes.fromhex(
    "47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002"
)
_PIXEL += bytes.fromhex("024401003b")


def asset(path: str) -> Answer | None:
    """The file at the address; None where an address is of none. The same whenever it is asked."""
    colour = "#" + hashlib.sha256(path.encode()).hexdigest()[:6]
    match PurePosixPath(path).suffix:
        case ".css" if path.endswith("/parts/type.css"):
            kind, body = "text/css; charset=utf-8", _TYPE.encode()
        case ".css":
            sheet = _SHEET.replace("$path", path).replace("$colour", colour)
            kind, body = "text/css; charset=utf-8", sheet.encode()
        case ".js":
            kind, body = "text/javascript; charset=utf-8", f"// of {path}\n{_LAZY}".encode()
        case ".woff2":
            kind, body = "font/woff2", _FONT
        case ".svg":
            kind, body = "image/svg+xml", _LINE.encode()
        case ".ico":
            kind, body = "image/x-icon", png(path)
        case ".gif":
            kind, body = "image/gif", _PIXEL
        case ".png" if path.endswith("/parts/paper.png"):
            kind, body = "image/png", png(path)
        case _:
            return None
    return Answer(200, body, kind, etag=digest(body))
