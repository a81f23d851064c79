"""Adapters of devices: each module but `registry` decodes what one family of devices sends; all pure."""
