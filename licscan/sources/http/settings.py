"""Checks what the user's environment says about the Hub, and opens the session of the Hub's own client with it.

An address, a token, a proxy or a certificate file that cannot be used is a mistake of the one who set it: it is told
once, by the name of its variable and without its secret, and not as our fault or as the failure of some request.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from licscan.core.text import discreet
from licscan.errors import UsageError

_TOKENS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def check_tokens(token: str | None) -> None:
    """Refuse a token with which the Hub cannot be asked: the one given, or one of the environment.

    Raises:
        UsageError: one of them cannot be used; the message says where it stands and never holds it.
    """
    if token is not None:
        _check_token(token, "--token")
    for name in _TOKENS:
        # The Hub's client itself drops line ends and surrounding blanks, which come from files.
        _check_token(os.environ.get(name, "").replace("\r", "").replace("\n", "").strip() or "unset", name)


def _check_token(token: str, where: str) -> None:
    if not token or not all("!" <= letter <= "~" for letter in token):
        problem = "is empty" if not token else "holds a blank, a control character or a letter that no token has"
        raise UsageError(f"the token of {where} {problem}", "copy it again from the settings page of your account")


def hub_client() -> Any:
    """The Hub's own client, imported when the first question is asked."""
    # The client would first ask the Hub what programs it may be called from: a scan tells nobody that it runs.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import utils

    return utils


def open_session() -> Any:
    """The session of the Hub's client, which reads proxies, certificates and limits from the environment.

    Raises:
        UsageError: the environment holds something with which no session can be opened.
    """
    try:
        return hub_client().get_session()
    except ImportError as error:
        raise UsageError(
            f"the proxy of {_named(_PROXIES)} cannot be used: {_short(error)}",
            "install what is missing, or name an http proxy",
        ) from error
    except OSError as error:
        raise UsageError(
            f"the certificates of {_named(_CERTIFICATES)} cannot be read: {_short(error)}",
            "name a file with certificates in PEM form, or unset the variable",
        ) from error
    except _refusals() as error:
        raise UsageError(
            f"the Hub's client cannot work with {_cause(error)}: {_short(error)}", "mend the variable, or unset it"
        ) from error


def _refusals() -> tuple[type[Exception], ...]:
    """What is raised for a value that cannot be read; the library below the Hub's client has a kind of its own."""
    modules: list[Any] = [sys.modules[name] for name in ("httpx2", "httpx") if name in sys.modules]
    return (ValueError, *(module.InvalidURL for module in modules))


def _named(names: tuple[str, ...]) -> str:
    """The variables of these names that are set, in either case of letters."""
    found = [name for name in names if os.environ.get(name) or os.environ.get(name.lower())]
    return ", ".join(found) or names[0]


def _cause(error: Exception) -> str:
    """The variable whose value the error quotes."""
    told = str(error)
    hub = sorted(name for name in os.environ if name.startswith(("HF_", "HUGGING")))
    quoted = [name for name in hub if os.environ[name] and repr(os.environ[name]) in told]
    return quoted[0] if quoted else f"the proxy of {_named(_PROXIES)}"


def _short(error: Exception) -> str:
    words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return discreet(" ".join(words.split()))[:200] or type(error).__name__
