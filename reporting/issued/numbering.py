"""Reports of before agents had numbers: which rows of such a document are whose. Pure."""

from reporting.choices import AgentNames
from reporting.issued.values import Document


def number_agents(document: Document) -> tuple[int, ...]:
    """Number the agents of such a document as it was read; returns their ids by number, () where it has none.

    By alias their rows were told apart by their ids. "Agent 2" was whoever had the second id then, and may be
    somebody else now: nothing tells those rows apart.
    """
    for table in document["sections"]:
        if table["id"] == "agents" and table["rows"]:
            ids = table.get("keys", []) if document["issued"]["agents"] == AgentNames.ALIAS else []
            table["keys"] = [str(n) for n in range(1, len(ids) + 1)]
            return tuple(map(int, ids))
    return ()
