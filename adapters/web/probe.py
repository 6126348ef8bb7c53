"""Ask a running bot how it is: for `python -m bot health`, without any server library."""

from __future__ import annotations

import http.client
import json

SECONDS = 3.0


def ask(host: str, port: int, path: str = "/healthz") -> tuple[bool, str]:
    """Return whether the bot at HTTP_HOST and HTTP_PORT answers well, and what it says."""
    # Listening everywhere includes this machine.
    target = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104
    connection = http.client.HTTPConnection(target, port, timeout=SECONDS)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read(64 * 1024)
        said = json.loads(body)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return False, f"no answer from {target}:{port} ({type(error).__name__})"
    finally:
        connection.close()
    if not isinstance(said, dict) or "status" not in said:
        return False, f"{target}:{port} is not this bot"
    reasons = "; ".join(map(str, said.get("reasons", [])))
    return response.status == 200, f"{said['status']}: {reasons}" if reasons else str(
        said["status"]
    )
