"""How the SDKs are pointed at the emulator: a credential of its authority, its address, and its audience."""
import os

import peer

EMULATOR = os.environ["EMULATOR"]
GROUP = "myResourceGroup"
MANAGEMENT = "myAPIManagement"
CENTER = "myAPICenter"
SCOPES = [f"{EMULATOR}/.default"]


def credential(kind):
    # Whether an authority can be trusted is asked of Microsoft's own otherwise.
    return kind(peer.TENANT, peer.CLIENT, peer.SECRET, authority=EMULATOR, disable_instance_discovery=True)


def client(kind, signed_in):
    return kind(signed_in, peer.SUBSCRIPTION, base_url=EMULATOR, credential_scopes=SCOPES)
