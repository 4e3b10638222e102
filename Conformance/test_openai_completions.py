"""Plain completions with the official `openai` client."""

import openai
import pytest

GREEDY = {"model": "smollm2", "temperature": 0, "max_tokens": 8}
PROMPT = "The capital of France is"


def test_a_string_is_continued(client):
    answer = client.completions.create(prompt=PROMPT, **GREEDY)
    assert answer.object == "text_completion" and "Paris" in answer.choices[0].text
    assert answer.usage.completion_tokens <= 8


def test_a_list_of_prompts_is_answered_in_order(client):
    single = [client.completions.create(prompt=p, **GREEDY).choices[0].text for p in (PROMPT, "1, 2, 3, 4,")]
    answer = client.completions.create(prompt=[PROMPT, "1, 2, 3, 4,"], **GREEDY)
    assert [c.index for c in answer.choices] == [0, 1]
    assert [c.text for c in answer.choices] == single


def test_token_ids_are_a_prompt(client, golden):
    entry = golden("smollm2")["decided"][0]
    one = client.completions.create(prompt=entry["tokens"], **GREEDY)
    many = client.completions.create(prompt=[entry["tokens"], entry["tokens"]], **GREEDY)
    assert one.usage.prompt_tokens == len(entry["tokens"])
    assert [c.text for c in many.choices] == [one.choices[0].text] * 2


def test_echo_gives_the_prompt_back(client):
    plain = client.completions.create(prompt=PROMPT, **GREEDY).choices[0].text
    assert client.completions.create(prompt=PROMPT, echo=True, **GREEDY).choices[0].text == PROMPT + plain


def test_log_probabilities_line_up_with_the_text(client):
    answer = client.completions.create(prompt=PROMPT, logprobs=3, **GREEDY)
    lists = answer.choices[0].logprobs
    assert "".join(lists.tokens) == answer.choices[0].text
    assert len(lists.tokens) == len(lists.token_logprobs) == len(lists.top_logprobs) == len(lists.text_offset)
    assert all(value <= 0 for value in lists.token_logprobs)
    assert all(len(top) <= 4 and max(top.values()) == pytest.approx(value) for top, value in zip(lists.top_logprobs, lists.token_logprobs))


def test_a_stream_gives_the_same_text(client):
    whole = client.completions.create(prompt=PROMPT, **GREEDY).choices[0].text
    chunks = list(client.completions.create(prompt=PROMPT, stream=True, **GREEDY))
    assert "".join(c.choices[0].text for c in chunks if c.choices) == whole
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] in ("stop", "length")


def test_fill_in_the_middle_is_refused(client):
    with pytest.raises(openai.BadRequestError) as caught:
        client.completions.create(prompt=PROMPT, suffix=" end", **GREEDY)
    assert caught.value.param == "suffix"


@pytest.mark.parametrize("prompt", [[], [[]], [-1], [10**9], [1.5], {"a": 1}, [["a"]], 5])
def test_wrong_prompts_are_400(client, prompt):
    with pytest.raises(openai.BadRequestError):
        client.completions.create(prompt=prompt, **GREEDY)


def test_the_greedy_ids_are_those_of_the_reference(client, golden):
    """Through the whole server: the continuation of decided prompts, token by token, as llama.cpp gives it."""
    entries = golden("smollm2")["decided"][::5]
    same = 0
    for entry in entries:
        ours = client.completions.create(model="smollm2", prompt=entry["tokens"], temperature=0, max_tokens=32, extra_body={"ignore_eos": True})
        theirs = client.completions.create(model="smollm2", prompt=entry["tokens"] + entry["continuation"][:32], max_tokens=0, echo=True)
        start = client.completions.create(model="smollm2", prompt=entry["tokens"], max_tokens=0, echo=True)
        same += start.choices[0].text + ours.choices[0].text == theirs.choices[0].text
    assert same >= 0.9 * len(entries)
