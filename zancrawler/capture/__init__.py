"""The capture room: what goes over the wire, byte for byte, to WARC; and back."""
