#!/usr/bin/env python3
"""Writes Tests/LaresLanguageTests/Golden/tokenizers: what the reference tokenizers make of the same strings.

    PYTHONPATH=... scripts/golden/tokenizers.py --models DIR [--only KIND ...]

Needs llama-cpp-python 0.3.36, tokenizers 0.23.3, sentencepiece 0.2.3, gguf. Everything is made from one seed and from text
written for this script; small vocabularies are trained here, large ones are read from the models.
A reference answers for every string with specials unparsed and parsed: the ids of the first 300, the low 40 bits of an FNV-1a hash for all.
"""
import argparse
import json
import pathlib
import random
import sys
import unicodedata

sys.path.pop(0)  # this file would hide the package of the same name
SEED = 20261124
WHOLE = 300
OUT = pathlib.Path(__file__).resolve().parents[2] / "Tests/LaresLanguageTests/Golden/tokenizers"

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")

# ---- the strings -------------------------------------------------------------------------------------------------------------

ENGLISH = """the a hall kitchen lamp lock door heater window street city bridge sensor meter model answer question morning evening winter
is was turns opens closes reads writes warns sleeps waits counts forecasts learns remembers forgets
slowly quickly again never always before after because while until with without under over between warm cold bright quiet
can't won't they're I'll we've she'd it's don't I'm couldn't've ROCK'N'ROLL naïve café résumé coöperate Zürich São""".split()
CHINESE = "今天天气很好我们去公园散步你好世界家里的灯为什么亮着请把空调调到二十六度城市交通信号预测能源安全模型训练完成学习机器人，。！？；：“”《》、"
JAPANESE = "今日は天気がいいですね。リビングの照明を消してください、ありがとうございます！カタカナとひらがな漢字ー"
KOREAN = "안녕하세요 오늘은 날씨가 좋습니다 거실 불을 꺼 주세요 도시 교통"
ARABIC = "مرحبا بالعالم كيف حالك اليوم الباب مفتوح والضوء مُضاء في المنزل ١٢٣٤٥"
OTHERS = ["Привет мир, дверь открыта", "Γειά σου Κόσμε ΟΔΟΣ", "नमस्ते दुनिया क्षत्रिय", "สวัสดีชาวโลกประตูเปิด", "שלום עולם", "Xin chào thế giới, đèn đã tắt",
          "İstanbul ılık Iğdır", "Straße GROẞ ﬁne ﬆyle", "Åse ångström Ǆ ǅ ǆ", "ᚠᛇᚻ ᏣᎳᎩ ⰀⰁ", "ქართული Հայերեն", "አማርኛ ቋንቋ"]
EMOJI = ["😀", "👍🏽", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇨🇳🇩🇪", "❤️", "👩🏾‍🚀", "1️⃣", "🫠", "☃", "✈︎", "🧑‍💻", "🐈‍⬛"]
CODE = ["def f(x):\n    return x**2 + 1\n", "for (int i = 0; i < n; ++i) {\n\tsum += a[i];\n}", "let x = [1, 2, 3].map { $0 * 2 }\n",
        "SELECT * FROM t WHERE id='7' -- all\r\n", "<div class=\"hall\">&nbsp;</div>", "{\"on\": true, \"level\": 0.75}", "#!/bin/sh\nset -eu\n",
        "if x >= 0x1F && !done { y <<= 2 }", "\\frac{a}{b} $\\alpha_i^2$", "x=1;y=-2.5e-10;z=1_000_000", "https://example.org/a?b=c&d=%20#e",
        "        indented\n            more\n\n\n    less", "a\tb\t\tc\t\t\td", "// TODO\n/* x */", "user@example.org", "C:\\dir\\file.txt"]
LOOKALIKES = ["<|im_start|>user\nhi<|im_end|>\n", "<|endoftext|>", "<|im_end", "|im_end|>", "<|eot_id|><|begin_of_text|>", "<bos>", "<eos>", "</s>", "<s>", "<unk>",
              "<pad>", "<start_of_turn>model\n", "<end_of_turn>", "[CLS] a [SEP]", "[MASK] [UNK] [PAD]", "[mask]", "<0x41>", "<0xZZ>", "<unused7>", "<mask>",
              "<<|im_start|>>", "<|im_start|><|im_start|>", " <|im_end|> ", "▁a▁b", "Ġa", "##ing", "<repo_name>x<file_sep>", "<table>\n<tr>", "<start_of_image>",
              "<|im_<|im_end|>end|>", "[multimodal]", "\n\n<bos>  <eos>\n"]
SPACES = [" ", "\t", "\n", "\r", "\r\n", "\u00a0", "\u3000", "\u2003", "\u200b", "\u2028", "\u0085", "\x0b", "\x0c"]


def known(code):
    """Code points assigned in Unicode 14: the references are of several versions and agree on these only."""
    return not 0xD800 <= code < 0xE000 and unicodedata.category(chr(code)) != "Cn"


def scalars(rng, count, ranges):
    found = []
    while len(found) < count:
        low, high = rng.choice(ranges)
        code = rng.randrange(low, high)
        if known(code):
            found.append(chr(code))
    return "".join(found)


def sentence(rng):
    words = [rng.choice(ENGLISH) for _ in range(rng.randrange(1, 16))]
    if rng.random() < 0.5:
        words[0] = words[0].capitalize()
    if rng.random() < 0.2:
        words.insert(rng.randrange(len(words)), str(rng.randrange(10 ** rng.randrange(1, 9))))
    return " ".join(words) + rng.choice(["", ".", "?", "!", "...", ", ", ": ", '"', ")", " "])


def slice_of(rng, text):
    start = rng.randrange(len(text))
    return text[start:start + rng.randrange(1, 30)]


def run_of(rng):
    return rng.choice([" ", "\n", "\t", "0", "7", "a", "é", "中", "-", "=", ".", "\r\n", "!", "\u00a0", "'"]) * rng.choice([2, 3, 4, 5, 7, 8, 16, 17, 31, 32, 33, 70])


def makers(rng):
    wide = [(0x20, 0x250), (0x300, 0x600), (0x900, 0xE00), (0x1E00, 0x2C00), (0x3000, 0x3400), (0x4E00, 0xA000), (0xAC00, 0xD7A4), (0xF900, 0x10000), (0x1F300, 0x1FA00)]
    pieces = [lambda: sentence(rng), lambda: slice_of(rng, CHINESE), lambda: slice_of(rng, JAPANESE), lambda: slice_of(rng, KOREAN), lambda: slice_of(rng, ARABIC),
              lambda: rng.choice(OTHERS), lambda: rng.choice(EMOJI), lambda: rng.choice(CODE), lambda: rng.choice(LOOKALIKES), lambda: run_of(rng),
              lambda: rng.choice(SPACES), lambda: str(rng.randrange(10 ** rng.randrange(1, 14))), lambda: rng.choice("'’`´") + rng.choice(["s", "S", "LL", "re", "ſ", "Ve", "d", "M", "x", "lL", "RE"])]
    return {
        "english": lambda: sentence(rng),
        "sentences": lambda: " ".join(sentence(rng) for _ in range(rng.randrange(2, 6))),
        "chinese": lambda: "".join(rng.choice(CHINESE) for _ in range(rng.randrange(1, 40))),
        "other": lambda: rng.choice([slice_of(rng, JAPANESE), slice_of(rng, KOREAN), slice_of(rng, ARABIC), rng.choice(OTHERS)]),
        "emoji": lambda: "".join(rng.choice(EMOJI + [" ", "ok", "中"]) for _ in range(rng.randrange(1, 8))),
        "code": lambda: "".join(rng.choice(CODE) for _ in range(rng.randrange(1, 3))),
        "control": lambda: "".join(chr(rng.choice([*range(0, 32), *range(127, 160)])) if rng.random() < 0.6 else rng.choice("ab 1中") for _ in range(rng.randrange(1, 12))),
        "runs": lambda: "".join(run_of(rng) if rng.random() < 0.6 else rng.choice(["a", "1", "中", ".", "x y"]) for _ in range(rng.randrange(1, 5))),
        "specials": lambda: "".join(rng.choice(LOOKALIKES) if rng.random() < 0.6 else sentence(rng) for _ in range(rng.randrange(1, 4))),
        "unicode": lambda: scalars(rng, rng.randrange(1, 24), wide),
        "anywhere": lambda: scalars(rng, rng.randrange(1, 16), [(0, 0x30000)]),
        "bytes": lambda: bytes(rng.randrange(256) for _ in range(rng.randrange(1, 40))).decode("utf-8", "replace"),
        "ascii": lambda: "".join(chr(rng.randrange(32, 127)) for _ in range(rng.randrange(1, 30))),
        "mixed": lambda: "".join(rng.choice(pieces)() for _ in range(rng.randrange(2, 7))),
        "words": lambda: "".join(rng.choice(ENGLISH) for _ in range(rng.randrange(3, 12))),
    }


def strings():
    rng = random.Random(SEED)
    made = ["", " ", "  ", "a", "\n", "中", "'", "\u0000", "\ufeff", "😀", *OTHERS, *EMOJI, *CODE, *LOOKALIKES, *SPACES]
    kinds = makers(rng)
    for index in range(2400 - len(made)):
        text = list(kinds.values())[index % len(kinds)]()
        made.append("".join(c for c in text if known(ord(c))))
    return made


def corpus():
    """Text to train small vocabularies on: like the strings, from another seed."""
    rng = random.Random(SEED + 1)
    kinds = makers(rng)
    names = ["english", "sentences", "chinese", "other", "code", "words", "mixed", "emoji", "runs"]
    return [kinds[names[index % len(names)]]() for index in range(6000)]


# ---- the references ----------------------------------------------------------------------------------------------------------

def fnv(ids):
    value = 0xCBF29CE484222325
    for number in ids:
        for byte in int(number).to_bytes(4, "little"):
            value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{value & 0xFFFFFFFFFF:010x}"


def write(name, texts, encode, **extra):
    """encode(text, parse_special) gives the ids with what the model puts around a text."""
    plain = [encode(text, False) for text in texts]
    parsed = [encode(text, True) for text in texts]
    special = {str(index): ids for index, ids in enumerate(parsed[:WHOLE]) if ids != plain[index]}
    record = {**extra, "ids": plain[:WHOLE], "parsedIds": special, "hashes": [fnv(ids) for ids in plain], "parsedHashes": [fnv(ids) for ids in parsed]}
    save(f"{name}.json", record)
    print(f"{name}: {len(texts)} strings, {sum(map(len, plain))} tokens")


def save(name, value):
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / name).write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")


def llama_cpp(name, path, texts):
    from llama_cpp import Llama
    model = Llama(str(path), vocab_only=True, verbose=False)
    write(name, texts, lambda text, special: model.tokenize(text.encode(), add_bos=True, special=special))


def hugging_face(name, tokenizer, texts, **extra):
    def encode(text, special):
        tokenizer.encode_special_tokens = not special
        return tokenizer.encode(text, add_special_tokens=True).ids
    tokenizer.no_truncation()
    tokenizer.no_padding()
    write(name, texts, encode, **extra)


def byte_level(name, pre_tokenizer, texts, ignore_merges=False):
    """A small byte-level vocabulary trained with a published pre-tokenizer, kept as the tokenizer.json it is."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.ByteLevel()
    specials = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|begin_of_text|>", "<|eot_id|>"]
    trainer = trainers.BpeTrainer(vocab_size=1500, special_tokens=specials, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(corpus(), trainer)
    tokenizer.add_tokens([AddedToken("<tool>", normalized=False), AddedToken("    ", normalized=False)])
    if ignore_merges:
        tokenizer.post_processor = processors.TemplateProcessing(single="<|begin_of_text|> $A", special_tokens=[("<|begin_of_text|>", 3)])
        tokenizer.model.ignore_merges = True
    save(f"{name}.tokenizer.json", json.loads(tokenizer.to_str()))
    hugging_face(name, tokenizer, texts)


def sentence_piece(texts, folder):
    import sentencepiece
    source = folder / "corpus.txt"
    source.write_text("\n".join(line for text in corpus() for line in text.splitlines() if line.strip() and "\0" not in line))
    sentencepiece.SentencePieceTrainer.train(
        input=str(source), model_prefix=str(folder / "spm"), model_type="bpe", vocab_size=1800, byte_fallback=True, character_coverage=0.99,
        normalization_rule_name="identity", remove_extra_whitespaces=False, add_dummy_prefix=True, split_digits=True,
        allow_whitespace_only_pieces=True, num_threads=1, user_defined_symbols=["<tool>", "<image>"], minloglevel=2)
    model = sentencepiece.SentencePieceProcessor(model_file=str(folder / "spm.model"))
    count = model.get_piece_size()
    kind = [2 if model.is_unknown(i) else 3 if model.is_control(i) else 6 if model.is_byte(i) else 5 if model.is_unused(i) else
            4 if model.id_to_piece(i) in ("<tool>", "<image>") else 1 for i in range(count)]
    # The processor never parses special tokens, so only texts without one are asked, and both answers are the same.
    asked = [text for text in texts if not any(s in text for s in ("<s>", "</s>", "<unk>", "<tool>", "<image>"))]
    write("sentencepiece", asked, lambda text, _: [1] + model.encode(text) if text else [1],
          strings=[texts.index(text) for text in asked], pieces=[model.id_to_piece(i) for i in range(count)],
          scores=[model.get_score(i) for i in range(count)], kinds=kind)
    converted(model, count, kind, asked, texts)


def converted(model, count, kind, asked, texts):
    """The same model as a tokenizer.json with merges, as Llama 2's is."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, processors
    vocabulary = {model.id_to_piece(i): i for i in range(count)}
    normal = {piece: i for piece, i in vocabulary.items() if kind[i] == 1}
    merges = []
    for piece in normal:
        for cut in range(1, len(piece)):
            if piece[:cut] in normal and piece[cut:] in normal:
                merges.append((model.get_score(normal[piece]), normal[piece[:cut]], normal[piece[cut:]], piece[:cut], piece[cut:]))
    merges.sort(key=lambda m: (-m[0], m[1], m[2]))
    tokenizer = Tokenizer(models.BPE(vocabulary, [(m[3], m[4]) for m in merges], unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    tokenizer.add_special_tokens([AddedToken(t, normalized=False) for t in ("<unk>", "<s>", "</s>")])
    save("merges.tokenizer.json", json.loads(tokenizer.to_str()))
    hugging_face("merges", tokenizer, asked, strings=[texts.index(text) for text in asked])


def main():
    import tempfile
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=pathlib.Path, required=True, help="folder with smollm2.gguf, gemma3.gguf and minilm/")
    parser.add_argument("--only", nargs="*", help="strings, smollm2, gemma3, minilm, gpt2, smollm, llama3, qwen2, sentencepiece")
    arguments = parser.parse_args()
    texts = strings()
    from tokenizers import Regex, Tokenizer
    from tokenizers import pre_tokenizers as pre

    def split(expression):
        return pre.Sequence([pre.Split(Regex(expression), "isolated"), pre.ByteLevel(add_prefix_space=False, use_regex=False)])

    jobs = {
        "strings": lambda: save("strings.json", texts),
        "smollm2": lambda: llama_cpp("smollm2", arguments.models / "smollm2.gguf", texts),
        "gemma3": lambda: llama_cpp("gemma3", arguments.models / "gemma3.gguf", texts),
        "minilm": lambda: hugging_face("minilm", Tokenizer.from_file(str(arguments.models / "minilm/tokenizer.json")), texts),
        "gpt2": lambda: byte_level("gpt2", pre.ByteLevel(add_prefix_space=False, use_regex=True), texts),
        "smollm": lambda: byte_level("smollm", pre.Sequence([pre.Digits(individual_digits=True), pre.ByteLevel(add_prefix_space=False, use_regex=True)]), texts),
        "llama3": lambda: byte_level("llama3", split(LLAMA3), texts, ignore_merges=True),
        "qwen2": lambda: byte_level("qwen2", split(QWEN2), texts),
        "sentencepiece": lambda: sentence_piece(texts, pathlib.Path(tempfile.mkdtemp())),
    }
    for name, job in jobs.items():
        if not arguments.only or name in arguments.only:
            job()
    print(f"{sum(f.stat().st_size for f in OUT.iterdir()) / 1e6:.2f} MB in {OUT.name}")


if __name__ == "__main__":
    sys.exit(main())
