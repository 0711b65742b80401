"""Makes moto's DynamoDB as strict as the service where our tests depend on it.

Python runs a module of this name at its start. Two things are mended:
- moto serves every connection in a thread and its DynamoDB knows no locks: a transaction that is
  rolled back takes concurrent writes with it. Here one request is served at a time.
- moto measures binary values by their base64 text, so that it refuses items of 300 KB. Here it measures
  the bytes, as DynamoDB does.
"""

import threading

from moto.dynamodb import responses
from moto.dynamodb.models import dynamo_type

_one_at_a_time = threading.RLock()
_call_action = responses.DynamoHandler.call_action


def call_action(self):
    with _one_at_a_time:
        return _call_action(self)


responses.DynamoHandler.call_action = call_action

_size = dynamo_type.DynamoType.size


def size(self):
    if self.is_binary() and isinstance(self.value, str):
        return len(self.value) * 3 // 4 - self.value.count("=")
    return _size(self)


dynamo_type.DynamoType.size = size
