"""Answers bound to a form, with the official `openai` client: every answer is held against its schema by `jsonschema`."""

import json
import re

import jsonschema
import openai
import pydantic
import pytest

from form_schemas import SCHEMAS

QUESTION = [{"role": "user", "content": "Describe a person living in a small house, briefly."}]
WARM = {"model": "smollm2", "temperature": 1, "max_tokens": 700}


def ask(client, **extra):
    return client.chat.completions.create(**{"messages": QUESTION, **WARM, **extra}).choices[0]


def schema_format(schema, **more):
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema, **more}}


class Person(pydantic.BaseModel):
    name: str = pydantic.Field(max_length=20)
    age: int = pydantic.Field(ge=0, le=120)
    pets: list[str] = pydantic.Field(max_length=2)


@pytest.mark.parametrize("seed", range(3))
def test_json_object_is_an_object(client, seed):
    choice = ask(client, response_format={"type": "json_object"}, seed=seed, max_tokens=400)
    if choice.finish_reason == "length":
        return  # as at OpenAI: what was cut is no JSON, and says so
    assert isinstance(json.loads(choice.message.content), dict)


@pytest.mark.parametrize("number", range(len(SCHEMAS)))
def test_answers_fit_their_schemas(client, number):
    schema = SCHEMAS[number]
    choice = ask(client, response_format=schema_format(schema, strict=number % 2 == 0), seed=number)
    assert choice.finish_reason == "stop", choice.message.content
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(json.loads(choice.message.content))


def test_pydantic_models_come_back_parsed(client):
    for parse in (client.chat.completions.parse, client.beta.chat.completions.parse if hasattr(client.beta, "chat") else client.chat.completions.parse):
        parsed = parse(messages=QUESTION, response_format=Person, seed=3, **WARM).choices[0].message.parsed
        assert isinstance(parsed, Person) and 0 <= parsed.age <= 120


def test_streams_are_bound_too(client):
    stream = client.chat.completions.create(messages=QUESTION, stream=True, response_format=schema_format(Person.model_json_schema()), seed=1, **WARM)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
    Person.model_validate_json(text)


def test_several_choices_are_all_bound(client):
    answer = client.chat.completions.create(messages=QUESTION, n=3, seed=5, response_format=schema_format(Person.model_json_schema()), **WARM)
    assert len({Person.model_validate_json(choice.message.content).name for choice in answer.choices}) >= 1


@pytest.mark.parametrize(
    "extra, pattern",
    [
        ({"guided_regex": "[A-Z]{2}-[0-9]{4}"}, r"[A-Z]{2}-[0-9]{4}"),
        ({"guided_choice": ["red", "green", "light blue"]}, r"red|green|light blue"),
        ({"guided_grammar": 'root ::= "I " ("like" | "hate") " " fruit\nfruit ::= "figs" | "plums"'}, r"I (like|hate) (figs|plums)"),
        ({"grammar": 'root ::= [a-f]{3} "!"'}, r"[a-f]{3}!"),
        ({"structured_outputs": {"regex": "x{3,5}"}}, r"x{3,5}"),
        ({"structured_outputs": {"choice": ["a", "ab"]}}, r"ab?"),
        ({"guided_json": {"enum": ["yes", "no"]}}, r'"(yes|no)"'),
        ({"json_schema": {"type": "integer", "minimum": 10, "maximum": 99}}, r"[1-9][0-9]"),
        ({"guided_json": '{"type": "boolean"}'}, r"true|false"),
    ],
)
def test_extensions_bind_chats_and_completions(client, extra, pattern):
    for seed in range(2):
        text = ask(client, extra_body=extra, seed=seed).message.content
        assert re.fullmatch(pattern, text), text
    answer = client.completions.create(model="smollm2", prompt=["Once", "Then"], max_tokens=60, temperature=1, seed=1, extra_body=extra)
    for choice in answer.choices:
        assert re.fullmatch(pattern, choice.text), choice.text


def test_completions_take_response_format(client):
    answer = client.completions.create(
        model="smollm2", prompt="A person:", max_tokens=300, temperature=1, seed=3, extra_body={"response_format": schema_format(Person.model_json_schema())}
    )
    Person.model_validate_json(answer.choices[0].text)


def test_max_tokens_cuts_and_says_so(client):
    choice = ask(client, response_format=schema_format(Person.model_json_schema()), max_tokens=3)
    assert choice.finish_reason == "length"
    with pytest.raises(ValueError):
        json.loads(choice.message.content)


def test_a_stop_text_ends_a_bound_answer(client):
    choice = ask(client, response_format=schema_format(Person.model_json_schema()), stop=["age"])
    assert choice.finish_reason == "stop" and "age" not in choice.message.content


def test_a_bias_brings_nothing_forbidden_back(client):
    bias = {str(token): 100 for token in range(0, 400, 7)}
    text = ask(client, extra_body={"guided_regex": "[0-9]{6}"}, logit_bias=bias, seed=1).message.content
    assert re.fullmatch("[0-9]{6}", text)


REFUSED = [
    (schema_format({"type": "object", "properties": {"a": {"type": "array", "uniqueItems": True, "items": {"type": "number"}}}}), "uniqueItems", "#/properties/a"),
    (schema_format({"type": "string", "format": "phone"}), "format", "#"),
    (schema_format({"type": "object", "dependentSchemas": {"a": {"minProperties": 3}}, "unevaluatedProperties": {"type": "string"}}), "", "#"),
    (schema_format({"$ref": "https://example.org/elsewhere.json"}), "$ref", "#"),
    (schema_format({"$ref": "#/$defs/none"}), "$ref", "#"),
    (schema_format({"allOf": [{"type": "string"}, {"type": "integer"}]}), "", ""),
    (schema_format({"type": "strang"}), "type", "#"),
]


@pytest.mark.parametrize("form, keyword, place", REFUSED)
def test_what_cannot_be_enforced_is_refused_with_its_place(client, form, keyword, place):
    with pytest.raises(openai.BadRequestError) as caught:
        ask(client, response_format=form)
    assert caught.value.param == "response_format" and keyword in caught.value.message and place in caught.value.message, caught.value.message


@pytest.mark.parametrize(
    "extra, param",
    [
        ({"guided_regex": "a", "guided_json": {}}, "guided_regex"),
        ({"response_format": {"type": "json_object"}, "guided_choice": ["a"]}, "guided_choice"),
        ({"guided_regex": "("}, "guided_regex"),
        ({"guided_regex": "a(?<=b)"}, "guided_regex"),
        ({"guided_grammar": "root = a"}, "guided_grammar"),
        ({"guided_grammar": 'root ::= root "a"'}, "guided_grammar"),
        ({"guided_choice": []}, "guided_choice"),
        ({"guided_json": "{"}, "guided_json"),
        ({"response_format": {"type": "xml"}}, "response_format.type"),
        ({"response_format": {"type": "json_schema"}}, "response_format.json_schema"),
        ({"guided_regex": "a", "ignore_eos": True}, "ignore_eos"),
        ({"guided_whitespace_pattern": " "}, "guided_whitespace_pattern"),
    ],
)
def test_refusals_name_their_parameter(client, extra, param):
    with pytest.raises(openai.BadRequestError) as caught:
        ask(client, extra_body=extra)
    assert caught.value.param == param


def nested(depth):
    return json.loads('{"items":' * depth + "{}" + "}" * depth)


HOSTILE = {
    "nested 60 deep": {"response_format": schema_format(nested(56))},
    "a text nested 10,000 deep": {"guided_json": '{"items":' * 10_000 + "{}" + "}" * 10_000},
    "a huge schema": {"guided_json": {"type": "object", "properties": {f"key{i}": {"type": "string", "pattern": f"^[a-z]{{1,9}}{i}$"} for i in range(60_000)}}},
    "a huge enum": {"guided_json": {"enum": [f"value number {i} of many" for i in range(150_000)]}},
    "many choices": {"guided_choice": [f"choice {i}" for i in range(200_000)]},
    "a catastrophic pattern": {"guided_regex": "(a|aa|aaa)*" * 30 + "(.*b.*){40}"},
    "an exponential pattern": {"guided_regex": "(.*[ab].{20}){3}"},
    "counts of counts": {"guided_regex": "((((a{1,999}){1,999}){1,999}){1,999})"},
    "recursion without an end": {"guided_json": {"$ref": "#"}},
    "recursion through a property": {"guided_json": {"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]}},
    "alternatives that multiply": {"guided_json": {"allOf": [{"anyOf": [{"properties": {f"p{i}{j}": {"const": j}}} for j in range(12)]} for i in range(12)]}},
    "an ambiguous grammar": {"guided_grammar": "root ::= x x x x x x x x\nx ::= y*\ny ::= [a-z]+ | [a-c]+ | z\nz ::= [a-z] y?"},
    "a grammar of empty words": {"guided_grammar": 'root ::= (a b c)* "!"\na ::= b*\nb ::= c*\nc ::= "x"?'},
    "a long count": {"guided_grammar": "root ::= [a-z]{1,1000000000}"},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_forms_are_answered_or_refused_and_the_server_is_well(client, health, name):
    try:
        client.chat.completions.create(messages=QUESTION, extra_body=HOSTILE[name], **{**WARM, "max_tokens": 8})
    except (openai.BadRequestError, openai.APIStatusError) as error:
        assert error.status_code in (400, 413) and error.message
    assert ask(client, max_tokens=4).message.content


def test_a_body_nested_ten_thousand_deep_is_refused(server):
    import httpx

    body = '{"model":"smollm2","messages":[{"role":"user","content":"x"}],"guided_json":' + '{"items":' * 10_000 + "{}" + "}" * 10_001
    answer = httpx.post(server.url + "/v1/chat/completions", content=body, headers={"content-type": "application/json"}, timeout=30)
    assert answer.status_code == 400 and "deep" in answer.json()["error"]["message"]


def test_compiled_forms_are_counted(server, client):
    for _ in range(2):
        ask(client, extra_body={"guided_regex": "counted"})
    text = server.get("/metrics")
    found = re.search(r'lares_answer_forms_total\{model="smollm2",outcome="found"\} ([0-9.]+)', text)
    assert found and float(found.group(1)) >= 1 and "lares_answer_form_compile_time_seconds" in text
