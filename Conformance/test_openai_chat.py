"""Chat with the official `openai` client."""

import asyncio
import json

import httpx
import openai
import pytest

from lares_server import on_a_loop

QUESTION = [{"role": "user", "content": "Name three colours."}]
GREEDY = {"model": "smollm2", "temperature": 0, "max_tokens": 24}


def test_models_are_listed_and_found(client):
    names = {model.id for model in client.models.list()}
    assert {"smollm2", "minilm"} <= names
    model = client.models.retrieve("smollm2")
    assert (model.id, model.object) == ("smollm2", "model")
    assert model.created > 1_600_000_000 and model.owned_by


def test_a_chat_answers_with_text_and_usage(client):
    answer = client.chat.completions.create(messages=QUESTION, **GREEDY)
    choice = answer.choices[0]
    assert answer.object == "chat.completion" and answer.model == "smollm2" and answer.id
    assert choice.message.role == "assistant" and choice.message.content.strip()
    assert choice.finish_reason in ("stop", "length") and choice.index == 0
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer.usage.prompt_tokens > 20 and 0 < answer.usage.completion_tokens <= 24


def test_the_same_question_again_finds_its_prompt_in_the_cache(client):
    messages = [{"role": "system", "content": "You are a patient teacher of geography. " * 20}, *QUESTION]
    client.chat.completions.create(messages=messages, **GREEDY)
    again = client.chat.completions.create(messages=messages, **GREEDY)
    assert again.usage.prompt_tokens_details.cached_tokens >= again.usage.prompt_tokens // 2


def test_a_chinese_question_gets_an_answer(client):
    answer = client.chat.completions.create(messages=[{"role": "user", "content": "你好,请介绍一下你自己。"}], **GREEDY)
    assert answer.choices[0].message.content


def test_a_stream_has_role_text_finish_and_usage_in_this_order(client):
    whole = client.chat.completions.create(messages=QUESTION, **GREEDY)
    chunks = list(client.chat.completions.create(messages=QUESTION, stream=True, stream_options={"include_usage": True}, **GREEDY))
    assert all(c.object == "chat.completion.chunk" and c.id == chunks[0].id for c in chunks)
    assert chunks[0].choices[0].delta.role == "assistant"
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text == whole.choices[0].message.content
    finishes = [c.choices[0].finish_reason for c in chunks if c.choices and c.choices[0].finish_reason]
    assert finishes == [whole.choices[0].finish_reason]
    assert chunks[-1].choices == [] and chunks[-1].usage.completion_tokens == whole.usage.completion_tokens
    assert all(c.usage is None for c in chunks[:-1])


def test_a_stream_without_include_usage_has_none(client):
    chunks = list(client.chat.completions.create(messages=QUESTION, stream=True, **GREEDY))
    assert all(c.usage is None and len(c.choices) == 1 for c in chunks)


def test_the_raw_stream_ends_with_done(server):
    body = {"messages": QUESTION, "stream": True, **GREEDY}
    with httpx.stream("POST", server.url + "/v1/chat/completions", json=body, timeout=60) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in answer.iter_lines() if line]
    assert all(line.startswith("data: ") for line in lines)
    assert lines[-1] == "data: [DONE]"
    json.loads(lines[0][6:])


def test_n_answers_come_with_their_indices(client):
    answer = client.chat.completions.create(messages=QUESTION, model="smollm2", n=3, temperature=1, seed=7, max_tokens=16)
    assert [c.index for c in answer.choices] == [0, 1, 2]
    assert len({c.message.content for c in answer.choices}) > 1
    assert answer.usage.completion_tokens <= 48


def test_n_answers_stream_side_by_side(client):
    chunks = list(client.chat.completions.create(messages=QUESTION, model="smollm2", n=2, temperature=1, seed=7, max_tokens=12, stream=True))
    finished = {c.choices[0].index for c in chunks if c.choices and c.choices[0].finish_reason}
    assert finished == {0, 1}


def test_the_same_seed_gives_the_same_text(client):
    options = {"model": "smollm2", "messages": QUESTION, "temperature": 1.2, "max_tokens": 24}
    first, again = (client.chat.completions.create(seed=42, **options).choices[0].message.content for _ in range(2))
    other = [client.chat.completions.create(seed=s, **options).choices[0].message.content for s in (1, 2, 3)]
    assert first == again
    assert any(text != first for text in other)


@pytest.mark.parametrize("as_list", [False, True])
def test_a_stop_string_ends_the_text_before_it(client, as_list):
    text = client.chat.completions.create(messages=QUESTION, **GREEDY).choices[0].message.content
    stop = text[len(text) // 2 : len(text) // 2 + 3]
    answer = client.chat.completions.create(messages=QUESTION, stop=[stop, "never to be said"] if as_list else stop, **GREEDY)
    assert answer.choices[0].message.content == text[: text.index(stop)]
    assert answer.choices[0].finish_reason == "stop"


def test_a_stop_string_never_shows_in_a_stream(client):
    text = client.chat.completions.create(messages=QUESTION, **GREEDY).choices[0].message.content
    stop = text[len(text) // 2 : len(text) // 2 + 5]
    chunks = client.chat.completions.create(messages=QUESTION, stop=stop, stream=True, **GREEDY)
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == text[: text.index(stop)]


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_the_limit_of_tokens_is_kept(client, name):
    answer = client.chat.completions.create(model="smollm2", messages=QUESTION, temperature=0, **{name: 5})
    assert answer.usage.completion_tokens == 5 and answer.choices[0].finish_reason == "length"


def test_log_probabilities_belong_to_the_text(client):
    answer = client.chat.completions.create(messages=QUESTION, logprobs=True, top_logprobs=4, **GREEDY)
    content = answer.choices[0].logprobs.content
    said = b"".join(bytes(token.bytes) for token in content)
    assert said.decode(errors="replace").startswith(answer.choices[0].message.content[:10])
    for token in content:
        values = [t.logprob for t in token.top_logprobs]
        assert len(values) == 4 and values == sorted(values, reverse=True)
        assert token.logprob <= 0 and token.token == token.top_logprobs[0].token  # greedy


def test_a_logit_bias_forbids_a_token(client, golden):
    # Whatever greedy decoding says first must be gone once its id is banned.
    entry = golden("smollm2")["decided"][0]
    options = {"model": "smollm2", "prompt": entry["tokens"], "temperature": 0, "max_tokens": 1, "logprobs": 1}
    first = client.completions.create(**options).choices[0].logprobs.tokens
    other = client.completions.create(logit_bias={str(entry["continuation"][0]): -100}, **options).choices[0].logprobs.tokens
    assert first and other and other != first


def test_the_answer_alone_and_in_a_batch_is_the_same(client, async_client, golden):
    prompts = [entry["tokens"] for entry in golden("smollm2")["decided"][:8]]
    options = {"model": "smollm2", "temperature": 0, "max_tokens": 32}
    alone = [client.completions.create(prompt=p, **options).choices[0].text for p in prompts]

    async def together():
        answers = await asyncio.gather(*(async_client.completions.create(prompt=p, **options) for p in prompts))
        return [a.choices[0].text for a in answers]

    assert on_a_loop(together()) == alone


def test_thirty_two_chats_run_side_by_side(async_client):
    async def chat(number):
        text = ""
        stream = await async_client.chat.completions.create(
            model="smollm2", messages=[{"role": "user", "content": f"Count from {number}."}], max_tokens=16, stream=True, temperature=0
        )
        async for chunk in stream:
            text += (chunk.choices[0].delta.content or "") if chunk.choices else ""
        return text

    async def all_of_them():
        return await asyncio.gather(*(chat(i) for i in range(32)))

    texts = on_a_loop(all_of_them())
    assert len(texts) == 32 and all(texts)


def test_a_closed_stream_frees_its_place_at_once(server, client):
    stream = client.chat.completions.create(
        model="smollm2", messages=[{"role": "user", "content": "Write a very long story."}], max_tokens=4000, stream=True, extra_body={"ignore_eos": True}
    )
    next(iter(stream))
    server.wait_for_metric("lares_requests_running", lambda running: running >= 1, seconds=3)
    stream.close()
    server.wait_for_metric("lares_requests_running", lambda running: running == 0, seconds=3)


def test_a_client_that_leaves_before_its_whole_answer_frees_its_place(server):
    body = {"model": "smollm2", "messages": QUESTION, "max_tokens": 4000, "ignore_eos": True}
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(server.url + "/v1/chat/completions", json=body, timeout=httpx.Timeout(10, read=1))
    server.wait_for_metric("lares_requests_running", lambda running: running == 0, seconds=3)


@pytest.mark.parametrize("extra", [{"functions": [{"name": "lamp"}]}, {"reasoning_effort": "low"}, {"prediction": {"type": "content", "content": "x"}}])
def test_what_is_not_there_is_refused_by_name(client, extra):
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(messages=QUESTION, **GREEDY, **extra)
    assert caught.value.param in extra and "not supported" in caught.value.message


def test_unknown_models_are_404(client):
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="gpt-none", messages=QUESTION)
    assert caught.value.code == "model_not_found" and "gpt-none" in caught.value.message
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-none")


def test_an_embedding_model_does_not_chat(client):
    with pytest.raises(openai.BadRequestError):
        client.chat.completions.create(model="minilm", messages=QUESTION)


def test_a_context_too_long_is_refused_with_the_numbers(client):
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(messages=[{"role": "user", "content": "lamp " * 9000}], **GREEDY)
    assert caught.value.code == "context_length_exceeded"
    numbers = [int(n) for n in "".join(c if c.isdigit() else " " for c in caught.value.message.replace(",", "")).split()]
    assert any(n > 9000 for n in numbers) and len(numbers) >= 2


@pytest.mark.parametrize(
    "change",
    [
        {"messages": "hello"},
        {"messages": []},
        {"messages": [{"role": "user"}]},
        {"messages": [{"role": "wizard", "content": "x"}]},
        {"messages": [{"role": "user", "content": 5}]},
        {"messages": [5]},
        {"model": 5},
        {"model": None},
        {"temperature": "hot"},
        {"temperature": 1e300},
        {"temperature": -1},
        {"max_tokens": -1},
        {"max_tokens": 1.5},
        {"max_tokens": 10**30},
        {"n": 0},
        {"n": 10**6},
        {"top_p": 2},
        {"stop": [""]},
        {"stop": 5},
        {"logit_bias": {"x": 1}},
        {"logit_bias": {"-1": 1}},
        {"logit_bias": {"5": "a"}},
        {"seed": "x"},
        {"stream": "yes"},
        {"top_logprobs": 5},
        {"logprobs": True, "top_logprobs": 999},
        {"stream_options": {"include_usage": True}},
    ],
)
def test_wrong_values_are_400_and_name_the_parameter(server, change):
    body = {"model": "smollm2", "messages": QUESTION, "max_tokens": 4, **change}
    answer = httpx.post(server.url + "/v1/chat/completions", json=body, timeout=30)
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert error["type"] == "invalid_request_error" and error["message"]
    assert any((error["param"] or "").startswith(key) for key in change), error


def test_a_logit_bias_for_a_token_the_model_has_not_is_no_crash(server):
    body = {"model": "smollm2", "messages": QUESTION, "max_tokens": 2, "logit_bias": {"2147483647": 5}}
    assert httpx.post(server.url + "/v1/chat/completions", json=body, timeout=30).status_code in (200, 400)
