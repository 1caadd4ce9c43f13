"""`python -m tests.support.fake_llm [port]`: serve until killed; prints the base URLs as one JSON line."""

import json
import sys
import threading

from tests.support.fake_llm.server import FakeLLM

with FakeLLM(port=int(sys.argv[1]) if len(sys.argv) > 1 else 0) as fake:
    print(json.dumps(fake.bases()), flush=True)
    threading.Event().wait()
