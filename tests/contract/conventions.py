"""The leniency that `info.description` of openapi.yaml promises for bodies, which schemas do not repeat.

A number in a text field counts as its digits, and a text such as "20" or "true" as a number or a boolean. Space around
a text is removed. An empty body counts as an object without fields. In a form, a blank optional field counts as absent.
"""

import jsonschema_rs
from schemathesis.core import NOT_SET
from schemathesis.transport.serialization import Binary

TRUE = ("t", "y", "yes", "true", "on", "1")
FALSE = ("f", "n", "no", "false", "off", "0")


def counts_as_valid(case):
    """Whether the request is valid once the conventions are applied to its body, and nothing else is wrong."""
    for location in case.meta.components:
        if location.name != "BODY" and case.meta.is_negative_at(location) and not only_unknown(case, location):
            return False
    content = case.operation.definition.raw.get("requestBody", {}).get("content", {})
    if case.media_type not in content:
        return False
    schema = Schema(case.operation.schema.raw_schema, content[case.media_type]["schema"])
    body = {} if case.body in (NOT_SET, None, "", b"") else case.body
    return isinstance(body, dict) and schema.is_valid(schema.read(body, case.media_type != "application/json"))


def only_unknown(case, location):
    """Whether the location has only headers that nobody declared, which the API does not read."""
    return location.name == "HEADER" and not {"idempotency-key"} & {name.lower() for name in case.headers}


class Schema:
    def __init__(self, document, schema):
        self.document = document
        self.schema = resolve(document, schema)
        self.validator = jsonschema_rs.validator_for(
            {**self.schema, "components": document["components"]}, validate_formats=True
        )

    def part(self, schema):
        return Schema(self.document, schema)

    def is_valid(self, value):
        return self.validator.is_valid(value)

    def read(self, value, form=False):
        """The value as the API reads it; unchanged if no reading fits."""
        if isinstance(value, dict):
            fields = {name: self.part(schema) for name, schema in self.schema.get("properties", {}).items()}
            read = {name: fields[name].read(item) for name, item in value.items() if name in fields}
            blank = [name for name, item in read.items() if form and isinstance(item, str) and not item.strip()]
            optional = set(blank) - set(self.schema.get("required", []))
            return {name: item for name, item in read.items() if name not in optional}
        if isinstance(value, list) and "items" in self.schema:
            items = self.part(self.schema["items"])
            return [items.read(item) for item in value]
        return next((reading for reading in readings(value) if self.is_valid(reading)), value)


def resolve(document, schema):
    while "$ref" in schema:
        target = document
        for key in schema["$ref"].removeprefix("#/").split("/"):
            target = target[key]
        schema = target
    return schema


def readings(value):
    if isinstance(value, (Binary, bytes)):
        # The content of a file.
        value = "x" * len(getattr(value, "data", value))
    yield value
    if isinstance(value, str):
        text = value.strip()
        yield text
        yield "".join(c for c in text if c.isprintable())
        if text.lower() in TRUE + FALSE:
            yield text.lower() in TRUE
        try:
            yield int(text)
        except ValueError:
            pass
    elif isinstance(value, bool) or value is None:
        return
    else:
        yield str(value)
        if value in (0, 1):
            yield bool(value)
