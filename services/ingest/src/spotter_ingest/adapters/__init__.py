"""Adapters of devices: each module but `protocol` and `registry` decodes what one family of devices sends; all pure."""
