"""What an Apple source is called here: the device or the app, never the person."""

from __future__ import annotations

import re

_PRODUCTS = ("Apple Watch", "iPhone", "iPad", "iPod touch", "iPod", "Apple Vision Pro", "HomePod", "MacBook", "Mac")
_PRODUCT = re.compile(
    r"(?<![a-z])(" + "|".join(p.replace(" ", r"[\s\u200e\u200f]+") for p in _PRODUCTS) + r")(?![a-z])", re.I
)
_OWNED = re.compile(r"^.{1,80}?(?:['’ʼ`´‘]s|s['’])\s+(?=\S)", re.S)
_NAME = re.compile(r"name:([^,>]{1,60})")
_SOFTWARE = re.compile(r"software:([^,>]{1,40})")
_GAPS = re.compile(r"[\s\u200e\u200f\u2068\u2069]+")
MOST = 80


def label(source: str, version: str, device: str) -> str:
    """`Anna’s Apple Watch`, `Apple Watch von Anna` and `AnnaのApple Watch` are all `Apple Watch`.

    A watch renamed to something else is known by its device: a record whose version is the device's own software was
    written by the device itself, not by an app. An app keeps its name.
    """
    name = _GAPS.sub(" ", source).strip()
    product = _PRODUCT.search(name)
    if product is None and "manufacturer:Apple" in device and version:
        software, made = _SOFTWARE.search(device), _NAME.search(device)
        if software and made and software[1].strip() == version.strip():
            name = _GAPS.sub(" ", made[1]).strip()
            product = _PRODUCT.search(name)
    if product is not None:
        found = _GAPS.sub(" ", product[1])
        return next(p for p in _PRODUCTS if p.lower() == found.lower())
    return _OWNED.sub("", name)[:MOST] or "unnamed source"
