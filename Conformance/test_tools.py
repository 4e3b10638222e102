"""Tools, with the official `openai` client. SmolLM2 never learned tools: what it calls is chance, that it can't call wrongly is not."""

import json

import httpx
import jsonschema
import openai
import pydantic
import pytest

LAMP = {
    "type": "object",
    "properties": {"room": {"enum": ["hall", "kitchen", "bath"]}, "on": {"type": "boolean"}, "level": {"type": "integer", "minimum": 0, "maximum": 100}},
    "required": ["room", "on"],
    "additionalProperties": False,
}
MEMO = {"type": "object", "properties": {"text": {"type": "string", "maxLength": 24}}, "required": ["text"], "additionalProperties": False}


def tool(name, parameters=None, **more):
    function = {"name": name, "description": f"This is the tool {name}.", **more}
    return {"type": "function", "function": {**function, **({} if parameters is None else {"parameters": parameters})}}


TOOLS = [tool("set_lamp", LAMP), tool("write_memo", MEMO, strict=True), tool("good_night")]
SCHEMAS = {"set_lamp": LAMP, "write_memo": MEMO, "good_night": {"type": "object", "maxProperties": 0}}
ASK = {"model": "smollm2", "messages": [{"role": "user", "content": "Switch the lamp in the hall on, then write a memo."}], "temperature": 1, "max_tokens": 300}


def check(calls, names=tuple(SCHEMAS)):
    assert calls
    for call in calls:
        assert call.type == "function" and call.id.startswith("call_") and call.function.name in names
        jsonschema.validate(json.loads(call.function.arguments), SCHEMAS[call.function.name])
    assert len({call.id for call in calls}) == len(calls)


@pytest.mark.parametrize("seed", range(6))
def test_required_calls_tools_with_arguments_that_fit(client, seed):
    answer = client.chat.completions.create(tools=TOOLS, tool_choice="required", parallel_tool_calls=False, seed=seed, **ASK)
    choice = answer.choices[0]
    assert choice.finish_reason == "tool_calls" and choice.message.content is None and len(choice.message.tool_calls) == 1
    check(choice.message.tool_calls)
    assert answer.usage.completion_tokens > 5


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_named_tool_is_called_and_ends_with_stop(client, name):
    choice = client.chat.completions.create(tools=TOOLS, tool_choice={"type": "function", "function": {"name": name}}, **ASK).choices[0]
    assert choice.finish_reason == "stop" and len(choice.message.tool_calls) == 1  # as at OpenAI
    check(choice.message.tool_calls, [name])


def test_only_allowed_tools_are_called(client):
    choice = {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [{"type": "function", "function": {"name": "write_memo"}}]}}
    answer = client.chat.completions.create(tools=TOOLS, tool_choice=choice, parallel_tool_calls=False, **ASK)
    check(answer.choices[0].message.tool_calls, ["write_memo"])


@pytest.mark.parametrize("seed", range(4))
def test_auto_answers_or_calls(client, seed):
    choice = client.chat.completions.create(tools=TOOLS, seed=seed, **{**ASK, "max_tokens": 120}).choices[0]
    if choice.message.tool_calls and choice.finish_reason == "tool_calls":
        check(choice.message.tool_calls)
    else:
        assert choice.message.content and "<tool_call>" not in choice.message.content and choice.finish_reason in ("stop", "length")


def test_auto_calls_when_the_model_wants_to(client):
    """Earlier calls make the opening mark likely; all that follows is the grammar's work."""
    def call(number, room):
        function = {"name": "set_lamp", "arguments": json.dumps({"room": room, "on": True})}
        return {"role": "assistant", "content": None, "tool_calls": [{"id": f"call_{number}", "type": "function", "function": function}]}

    earlier = []
    for number, room in enumerate(["bath", "hall", "bath"]):
        earlier += [{"role": "user", "content": f"Switch the lamp in the {room} on."}, call(number, room)]
    earlier.append({"role": "user", "content": "Switch the lamp in the kitchen on."})
    choice = client.chat.completions.create(tools=TOOLS, **{**ASK, "messages": earlier, "temperature": 0}).choices[0]
    assert choice.finish_reason == "tool_calls", choice
    check(choice.message.tool_calls)


def test_none_calls_nothing(client):
    choice = client.chat.completions.create(tools=TOOLS, tool_choice="none", **{**ASK, "max_tokens": 40}).choices[0]
    assert choice.message.tool_calls is None and choice.message.content


def test_calls_may_be_parallel(client):
    counts = set()
    for seed in range(8):
        choice = client.chat.completions.create(tools=TOOLS, tool_choice="required", seed=seed, logit_bias={"198": 8}, **ASK).choices[0]
        whole = choice.message.tool_calls if choice.finish_reason == "tool_calls" else choice.message.tool_calls[:-1]
        if whole:
            check(whole)
        counts.add(len(whole))
    assert max(counts) > 1, counts


def test_streamed_calls_come_in_pieces(client):
    stream = client.chat.completions.create(tools=TOOLS, tool_choice="required", stream=True, stream_options={"include_usage": True}, seed=2, **ASK)
    calls, reasons, usage = {}, [], None
    for chunk in stream:
        usage = chunk.usage or usage
        for choice in chunk.choices:
            assert not choice.delta.content
            reasons += [choice.finish_reason] if choice.finish_reason else []
            for delta in choice.delta.tool_calls or []:
                if delta.index not in calls:
                    assert delta.id and delta.type == "function" and delta.function.name and delta.function.arguments == ""
                    calls[delta.index] = {"name": delta.function.name, "arguments": [], "id": delta.id}
                else:
                    assert delta.id is None and delta.function.name is None
                    calls[delta.index]["arguments"].append(delta.function.arguments)
    assert list(calls) == list(range(len(calls))) and usage.completion_tokens > 5
    whole = list(calls.values()) if reasons == ["tool_calls"] else list(calls.values())[:-1]
    for call in whole:
        jsonschema.validate(json.loads("".join(call["arguments"])), SCHEMAS[call["name"]])
    assert reasons in (["tool_calls"], ["length"])


def test_the_stream_helper_puts_calls_together(client):
    with client.chat.completions.stream(tools=TOOLS, tool_choice={"type": "function", "function": {"name": "write_memo"}}, **ASK) as stream:
        message = stream.get_final_completion().choices[0].message
    check(message.tool_calls, ["write_memo"])


class SetLamp(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid")
    room: str = pydantic.Field(max_length=12)
    on: bool


def test_pydantic_tools_come_back_parsed(client):
    helper = openai.pydantic_function_tool(SetLamp, name="set_lamp")
    choice = client.chat.completions.parse(tools=[helper], tool_choice="required", parallel_tool_calls=False, **ASK).choices[0]
    assert isinstance(choice.message.tool_calls[0].function.parsed_arguments, SetLamp)


def test_results_go_back_to_the_model(client):
    first = client.chat.completions.create(tools=TOOLS, tool_choice={"type": "function", "function": {"name": "set_lamp"}}, **ASK).choices[0].message
    results = [{"role": "tool", "tool_call_id": call.id, "content": "The lamp is on."} for call in first.tool_calls]
    messages = [*ASK["messages"], first, *results]
    plain = client.chat.completions.create(tools=TOOLS, tool_choice="none", **{**ASK, "messages": messages, "max_tokens": 30})
    without = client.chat.completions.create(**{**ASK, "messages": ASK["messages"], "max_tokens": 30})
    assert plain.choices[0].message.content and plain.usage.prompt_tokens > without.usage.prompt_tokens + 20


def test_tools_and_a_schema_together(client):
    form = {"type": "json_schema", "json_schema": {"name": "a", "schema": MEMO}}
    choice = client.chat.completions.create(tools=TOOLS, response_format=form, parallel_tool_calls=False, **ASK).choices[0]
    if choice.message.tool_calls:
        check(choice.message.tool_calls)
    else:
        jsonschema.validate(json.loads(choice.message.content), MEMO)


def test_log_probabilities_cover_calls(client):
    answer = client.chat.completions.create(tools=TOOLS, tool_choice="required", parallel_tool_calls=False, logprobs=True, top_logprobs=2, **ASK)
    assert len(answer.choices[0].logprobs.content) == answer.usage.completion_tokens


def test_a_call_that_is_cut_says_length(client):
    choice = client.chat.completions.create(tools=TOOLS, tool_choice="required", **{**ASK, "max_tokens": 4}).choices[0]
    assert choice.finish_reason == "length"


MESSAGES = ASK["messages"]


@pytest.mark.parametrize(
    "body, param",
    [
        ({"tools": [tool("a"), tool("a")]}, "tools"),
        ({"tools": [tool("a", {"type": "object", "properties": {"x": {"type": "array", "uniqueItems": True}}})]}, "tools"),
        ({"tools": [tool("a", {"type": "object", "properties": {"x": {"$ref": "#/$defs/none"}}})]}, "tools"),
        ({"tools": [tool("a b")]}, "tools[0].function.name"),
        ({"tools": [tool("a" * 65)]}, "tools[0].function.name"),
        ({"tools": [{"type": "web_search"}]}, "tools[0].type"),
        ({"tools": [tool("a", {"type": "array"})]}, "tools[0].function.parameters.type"),
        ({"tools": [tool(f"t{i}") for i in range(129)]}, "tools"),
        ({"tools": [tool("a", {"type": "object", "description": "x" * (1 << 20)})]}, "tools"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"tools": [tool("a")], "tool_choice": {"type": "function", "function": {"name": "b"}}}, "tool_choice"),
        ({"tools": [tool("a")], "guided_regex": "x"}, "tools"),
        ({"tools": [tool("a")], "ignore_eos": True}, "ignore_eos"),
        ({"functions": [{"name": "a"}]}, "functions"),
        ({"function_call": "auto"}, "function_call"),
        ({"messages": [*MESSAGES, {"role": "tool", "content": "x"}]}, "messages[1].tool_call_id"),
        ({"messages": [*MESSAGES, {"role": "function", "name": "a", "content": "x"}]}, "messages[1].role"),
        ({"messages": [*MESSAGES, {"role": "assistant", "content": None}]}, "messages[1].content"),
        (
            {"messages": [*MESSAGES, {"role": "assistant", "tool_calls": [{"id": "1", "type": "function", "function": {"name": "a", "arguments": "{"}}]}]},
            "messages[1].tool_calls[0].function.arguments",
        ),
    ],
)
def test_refusals_name_their_parameter(server, body, param):
    answer = httpx.post(server.url + "/v1/chat/completions", json={**ASK, **body}, timeout=60)
    assert answer.status_code == 400 and answer.json()["error"]["param"] == param, answer.text


def test_a_refused_tool_is_named_with_its_place(server):
    body = {**ASK, "tools": [tool("fine"), tool("broken", {"type": "object", "properties": {"x": {"type": "array", "uniqueItems": True}}})]}
    message = httpx.post(server.url + "/v1/chat/completions", json=body, timeout=60).json()["error"]["message"]
    assert "'broken'" in message and "#/properties/x" in message and "uniqueItems" in message


def test_tools_are_for_chats(server):
    answer = httpx.post(server.url + "/v1/completions", json={"model": "smollm2", "prompt": "x", "tools": TOOLS}, timeout=60)
    assert answer.status_code == 400 and answer.json()["error"]["param"] == "tools"


def test_many_tools_at_once(client, health):
    many = [tool(f"tool_{i}", {"type": "object", "properties": {f"p{j}": {"type": "string", "maxLength": 8} for j in range(2)}}) for i in range(48)]
    choice = client.chat.completions.create(tools=many, tool_choice={"type": "function", "function": {"name": "tool_37"}}, **{**ASK, "max_tokens": 60})
    assert choice.choices[0].message.tool_calls[0].function.name == "tool_37"
