"""The register of channels: a new one is a file here, its recorded payloads, a page in docs/channels and one line."""

from services.ingest.channels import signed, zalo
from services.ingest.channels.contract import Channel

CHANNELS: tuple[Channel, ...] = (
    zalo.CHANNEL,
    signed.CHANNEL,
)
