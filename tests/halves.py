"""All tests, in two halves side by side: those on Kafka mostly wait for it, the others compute.

    python -m tests.halves

The half on Kafka is printed when both have ended. Exits with 0 only where both pass.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile


def main() -> int:
    """Run both halves; gives the exit code."""
    pytest = (sys.executable, "-m", "pytest", "-q")
    with tempfile.TemporaryFile() as said:
        on_kafka = subprocess.Popen(
            (*pytest, "-p", "no:cacheprovider", "-m", "kafka"), stdout=said, stderr=subprocess.STDOUT
        )
        try:
            others = subprocess.run((*pytest, "-m", "not kafka"), check=False).returncode
            sys.stdout.write("\nOn Kafka:\n\n")
            waited = on_kafka.wait()
        finally:
            if on_kafka.poll() is None:
                on_kafka.terminate()
                on_kafka.wait()
        said.seek(0)
        sys.stdout.buffer.write(said.read())
        sys.stdout.buffer.flush()
    return max(abs(others), abs(waited))


if __name__ == "__main__":
    sys.exit(main())
