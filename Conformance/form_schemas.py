"""Schemas as people write them, small enough for a model that rambles: long texts are bounded."""

S = {"type": "string", "maxLength": 16}
N = {"type": "integer", "minimum": 0, "maximum": 999}


def record(required=None, more=False, **properties):
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties) if required is None else required,
        "additionalProperties": more,
    }


LIGHT = record(room={"enum": ["hall", "kitchen", "bath"]}, on={"type": "boolean"}, level={"type": "integer", "minimum": 0, "maximum": 100})
POINT = record(x={"type": "number", "minimum": -10, "maximum": 10}, y={"type": "number", "minimum": -10, "maximum": 10})

SCHEMAS = [
    record(name=S, age=N),
    LIGHT,
    record(lights={"type": "array", "items": LIGHT, "minItems": 1, "maxItems": 3}),
    {"type": "array", "items": {"type": "string", "maxLength": 12}, "minItems": 2, "maxItems": 4},
    {"type": "array", "items": POINT, "minItems": 2, "maxItems": 2},
    {"enum": ["low", "medium", "high", None, 5, {"a": [1]}]},
    {"const": {"fixed": True, "list": [1, "two", None]}},
    record(when={"type": "string", "format": "date"}, at={"type": "string", "format": "date-time"}),
    record(id={"type": "string", "format": "uuid"}, address={"type": "string", "format": "ipv4"}),
    record(mail={"type": "string", "pattern": "^[a-z]{1,8}@[a-z]{1,8}\\.(org|net)$"}),
    record(phone={"type": "string", "pattern": "^\\+[0-9]{2} [0-9]{3} [0-9]{4}$"}),
    {"anyOf": [record(kind={"const": "cat"}, lives=N), record(kind={"const": "dog"}, tricks={"type": "array", "items": S, "maxItems": 2})]},
    {"oneOf": [{"type": "integer", "minimum": 0, "maximum": 9}, {"type": "boolean"}, {"type": "null"}]},
    {
        "$defs": {"tree": record(value=N, children={"type": "array", "items": {"$ref": "#/$defs/leaf"}, "maxItems": 2}), "leaf": record(value=N)},
        "$ref": "#/$defs/tree",
    },
    {"type": "object", "properties": {"n": N, "next": {"anyOf": [{"type": "null"}, {"$ref": "#"}]}}, "required": ["n"], "additionalProperties": False},
    record(title=S, tags={"type": "array", "items": {"enum": ["a", "b", "c"]}, "maxItems": 5}, rating={"type": "number", "minimum": 0, "maximum": 5}),
    record(required=["name"], name=S, nickname=S, age=N),
    record(text={"type": "string", "minLength": 5, "maxLength": 10}),
    {"type": ["string", "null"], "maxLength": 10},
    {"type": "integer", "minimum": 10, "maximum": 20},
    {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
    {"type": "integer", "multipleOf": 5, "minimum": 0, "maximum": 100},
    {"type": "boolean"},
    record(steps={"type": "array", "minItems": 2, "maxItems": 3, "items": record(explanation=S, output=S)}, final_answer=S),
    record(sql={"type": "string", "pattern": "^SELECT [a-z]{1,6} FROM [a-z]{1,8};$"}),
    record(matrix={"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "array", "minItems": 2, "maxItems": 2, "items": N}}),
    record(pair={"type": "array", "prefixItems": [S, N], "items": False, "minItems": 2}),
    record(user=record(name=S, contact=record(city=S, zip={"type": "string", "pattern": "^[0-9]{5}$"}))),
    {"allOf": [record(required=["a"], more=True, a=N), {"properties": {"b": {"type": "boolean"}}, "required": ["b"]}], "maxProperties": 2},
    record(weekday={"enum": ["Mon", "Tue", "Wed"]}, hours={"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 23}, "maxItems": 3}),
    record(price={"type": "number", "minimum": 0, "maximum": 1000, "multipleOf": 0.01}),
    {"type": "object", "properties": {"a": N}, "additionalProperties": {"type": "boolean"}, "maxProperties": 3, "propertyNames": {"maxLength": 8}},
    record(language={"enum": ["en", "de", "中文"]}, text=S),
    record(action={"const": "search"}, query=S, limit={"type": "integer", "minimum": 1, "maximum": 50}),
    {"anyOf": [{"type": "string", "maxLength": 6}, {"type": "array", "items": {"type": "string", "maxLength": 6}, "maxItems": 2}]},
    record(ok={"type": "boolean"}, error={"type": ["string", "null"], "maxLength": 12}),
    {"definitions": {"c": {"enum": ["EUR", "USD"]}}, "type": "object", "properties": {"c": {"$ref": "#/definitions/c"}, "v": N}, "required": ["c", "v"], "additionalProperties": False},
    record(**{"a b": N, 'quote"d': S, "ü": {"type": "null"}}),
    record(time={"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}, repeat={"type": "boolean"}),
    record(required=[], a=N, b=S, c={"type": "boolean"}),
]
