"""Clients of the SDKs for the emulator: credential, endpoint, and scopes."""
import os

import peer

EMULATOR = os.environ["EMULATOR"]
GROUP = "myResourceGroup"
MANAGEMENT = "myAPIManagement"
CENTER = "myAPICenter"
SCOPES = [f"{EMULATOR}/.default"]


def credential(kind):
    # Otherwise Microsoft's authority is asked whether to trust this one.
    return kind(peer.TENANT, peer.CLIENT, peer.SECRET, authority=EMULATOR, disable_instance_discovery=True)


def client(kind, signed_in):
    return kind(signed_in, peer.SUBSCRIPTION, base_url=EMULATOR, credential_scopes=SCOPES)
