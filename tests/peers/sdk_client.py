"""How the SDKs are pointed at the emulator: a credential of its authority, its address, and its audience."""
import os

import common

EMULATOR = os.environ["EMULATOR"]
GROUP = "myResourceGroup"
MANAGEMENT = "myAPIManagement"
CENTER = "myAPICenter"
SCOPES = [f"{EMULATOR}/.default"]


def credential(kind):
    # Whether an authority can be trusted is asked of Microsoft's own otherwise.
    return kind(common.TENANT, common.CLIENT, common.SECRET, authority=EMULATOR, disable_instance_discovery=True)


def client(kind, signed_in):
    return kind(signed_in, common.SUBSCRIPTION, base_url=EMULATOR, credential_scopes=SCOPES)
