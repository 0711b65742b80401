"""Makes moto's DynamoDB as strict as the service where our tests depend on it, and quick enough for many.

Python runs a module of this name at its start. What is mended:
- moto serves every connection in a thread and its DynamoDB knows no locks: a transaction that is
  rolled back takes concurrent writes with it. Here one request is served at a time.
- moto measures binary values by their base64 text, so that it refuses items of 300 KB. Here it measures
  the bytes, as DynamoDB does.
- moto copies the whole table for every item of a transaction. Here a copy shares the items, and an
  update, which alone changes an item in its place, gets one of its own first.
- moto sorts the whole table for every query. Here a query looks at its partition, or, of an index, at
  the items as they come; it sorts what it found anyway.
- moto lets 128 connections wait, and makes one for every request: more wait here, so that none is lost on a
  busy machine.
- moto lists its own directory for every request, to find the service that is meant, and writes a line
  about it. Here it is always DynamoDB, and the log keeps errors alone.
"""

import copy
import inspect
import threading
from collections import defaultdict

from moto.dynamodb import responses
from moto.dynamodb.models import DynamoDBBackend, dynamo_type
from moto.dynamodb.models.table import Table
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler

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


def copied_table(self, memo):
    copied = object.__new__(Table)
    copied.__dict__.update(self.__dict__)
    copied.items = defaultdict(dict)
    for partition, items in self.items.items():
        copied.items[partition] = dict(items) if self.has_range_key else items
    memo[id(self)] = copied
    return copied


Table.__deepcopy__ = copied_table

_update_item = DynamoDBBackend.update_item


def update_item(self, table_name, key, *rest, **named):
    table = self.get_table(table_name)
    partition, place = self.get_keys_value(table, key)
    item = table.get_item(partition, place)
    if item is not None and table.has_range_key:
        table.items[partition][place] = copy.deepcopy(item)
    elif item is not None:
        table.items[partition] = copy.deepcopy(item)
    return _update_item(self, table_name, key, *rest, **named)


DynamoDBBackend.update_item = update_item

_all_items, _query = Table.all_items, Table.query
_query_takes = inspect.signature(_query)
_WHOLE = object()


def query(self, *rest, **named):
    asked = _query_takes.bind(self, *rest, **named).arguments
    self.looked_at = None if asked.get("index_name") else asked["hash_key"]
    try:
        return _query(self, *rest, **named)
    finally:
        self.looked_at = _WHOLE


def all_items(self):
    looked_at = getattr(self, "looked_at", _WHOLE)
    if looked_at is _WHOLE or not self.has_range_key:
        return _all_items(self)
    if looked_at is not None:
        return list(self.items[looked_at].values()) if looked_at in self.items else []
    return [item for partition in self.items.values() for item in partition.values()]


Table.query, Table.all_items = query, all_items


def get_application(self, environ):
    with self.lock:
        if "dynamodb" not in self.app_instances:
            self.app_instances["dynamodb"] = self.create_app("dynamodb")
        return self.app_instances["dynamodb"]


DomainDispatcherApplication.get_application = get_application
WSGIRequestHandler.log_request = lambda *rest, **named: None
BaseWSGIServer.request_queue_size = 4096
