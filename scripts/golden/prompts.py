"""The texts that the golden values are made from: written for this project, English and Chinese."""

import random

SEED = 20261123

# Plain continuations and questions; the greedy goldens use all fifty.
ENGLISH = [
    "The three most important things to check before leaving the house are",
    "Why is the sky blue?",
    "A heat pump works by",
    "Once upon a time, in a small town by the river,",
    "Write a short letter to a neighbour about the noise of the new fan.",
    "The capital of France is",
    "def fibonacci(n):\n    ",
    "To boil an egg, first",
    "List five uses of a spare bedroom.",
    "Energy prices rose last winter because",
    "What is the difference between weather and climate?",
    "The traffic light at the corner of Main Street",
    "Explain to a child how a battery stores electricity.",
    "In 1969, the first human beings",
    "A good password should",
    "The recipe needs two cups of flour, one egg and",
    "Summarise in one sentence: the lamp in the hall is on, the door is locked, and nobody is at home.",
    "If a train leaves at 9:15 and the journey takes 50 minutes, it arrives at",
    "The main advantage of solar panels is",
    "Dear Sir or Madam,\n\nI am writing to",
    "Water freezes at",
    "How do I turn off the alarm?",
    "SELECT name, temperature FROM rooms WHERE",
    "The old lighthouse keeper looked at the sea and said:",
    "Name the planets of the solar system in order.",
]

CHINESE = [
    "今天天气很好,我们",
    "中国的首都是",
    "为什么天空是蓝色的?",
    "请用一句话介绍人工智能。",
    "从前有一座山,山上有一座庙,",
    "出门之前应该检查的三件事是",
    "把客厅的灯打开,然后",
    "空调的工作原理是",
    "写一首关于秋天的短诗。",
    "学习编程最好的方法是",
    "水在零度时会",
    "请列出五种常见的水果。",
    "城市交通拥堵的主要原因是",
    "太阳能电池板的优点是",
    "小明每天早上七点起床,",
    "如果火车九点十五分出发,行程五十分钟,那么到达时间是",
    "一年有四个季节,分别是",
    "尊敬的邻居:",
    "电池为什么会没电?",
    "北京和上海的区别在于",
    "怎样保护自己的密码?",
    "长城是中国古代",
    "请把下面的句子翻译成英文:我喜欢读书。",
    "节约用电的办法有",
    "老人看着大海,慢慢地说:",
]

# Mixed script, code, numbers and emoji: only for the log-probabilities.
MIXED = [
    "Room 12: 21.5 °C, 48 % RH; 房间12:温度21.5度。\nRoom 13:",
    "{\"device\": \"lamp\", \"state\": \"on\", \"brightness\": 80}\n{\"device\": \"fan\", \"state\":",
    "🙂 Good morning! 早上好!☕ Guten Morgen! Доброе утро! こんにちは!\n",
]

SENTENCES = [
    "The house stands at the end of a quiet street, and every window has a small sensor.",
    "In the morning the heating starts twenty minutes before the first alarm clock rings.",
    "The kitchen light follows the sun, so that breakfast is never eaten in the dark.",
    "When the last person leaves, the doors lock themselves and the pump slows down.",
    "A meter in the cellar counts every kilowatt hour and writes it into a table.",
    "On windy days the shutters close by one third, because the old frames rattle.",
    "The dog has a door of its own, which opens only when the dog is close to it.",
    "Nobody remembers why the lamp in the attic has the number forty-two.",
    "If smoke is seen, all the lamps turn white and the stairs are lit first.",
    "The grandmother prefers a real switch, so there is one beside every screen.",
    "At night the refrigerator waits for cheap power before it makes ice.",
    "The city sends a message when the water pressure will fall, usually a day early.",
    "Two cameras look at the garden, and neither of them looks at the neighbours.",
    "The washing machine asks when the clothes are needed and then chooses its own hour.",
    "Rain fills a tank under the garage, and the tank waters the roses in July.",
    "Every message inside the house is encrypted, even the ones from the doorbell.",
    "A child once taught the speaker to answer only to the name of a cartoon cat.",
    "The electric car is the largest battery, and on Sundays it feeds the oven.",
    "When guests arrive, the hall shows a photograph of the last time they came.",
    "The thermostat learned that the study is used only when it rains.",
    "Each device keeps a short diary, and the diary can be read or erased.",
    "The crossing in front of the school gives more time to children on bicycles.",
    "After the storm the street lamps counted themselves and three were missing.",
    "The bus is late more often on Thursdays, and nobody has found the reason.",
    "A model of the whole district runs every night and guesses the next morning.",
    "If the guess is wrong, the people who run it want to know why before lunch.",
    "The bridge has forty sensors, and the oldest of them is the most reliable.",
    "Noise is measured at the market, at the station and beside the hospital.",
    "The library opens its doors by itself, but a person still says good morning.",
    "In the evening the two systems, the house and the city, agree on a price.",
]

SENTENCES_CHINESE = [
    "这座房子在一条安静的街道尽头,每扇窗户都有一个小传感器。",
    "早上,暖气在第一个闹钟响起之前二十分钟开始工作。",
    "厨房的灯跟着太阳变化,所以早餐从来不是在黑暗中吃的。",
    "最后一个人离开的时候,门会自动锁上,水泵也会慢下来。",
    "地下室的电表记录每一度电,并把它写进一张表里。",
    "刮风的日子里,百叶窗会关上三分之一,因为旧窗框会响。",
    "如果发现烟雾,所有的灯都会变白,楼梯首先被照亮。",
    "奶奶喜欢真正的开关,所以每个屏幕旁边都有一个。",
    "城市在水压下降之前会发出通知,通常提前一天。",
    "学校门前的路口给骑自行车的孩子更多的时间。",
    "暴风雨之后,路灯自己数了数,发现少了三盏。",
    "傍晚,房子和城市这两个系统就价格达成一致。",
]


# Texts whose continuation a model has little doubt about: sequences, and sentences said again and again.
SEQUENCES = [
    "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,",
    "2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24,",
    "5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55,",
    "10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120,",
    "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday, Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday, Monday,",
    "January, February, March, April, May, June, July, August, September, October, November, December, January, February, March,",
    "a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h i j",
    "Room 1: lamp off\nRoom 2: lamp off\nRoom 3: lamp off\nRoom 4: lamp off\nRoom 5: lamp off\nRoom 6:",
    "red, green, blue, red, green, blue, red, green, blue, red, green,",
    "north, east, south, west, north, east, south, west, north, east, south, west,",
    "on off on off on off on off on off on off on off",
    '{"id": 1, "on": true}\n{"id": 2, "on": true}\n{"id": 3, "on": true}\n{"id": 4, "on": true}\n{"id":',
]

SEQUENCES_CHINESE = [
    "星期一,星期二,星期三,星期四,星期五,星期六,星期日,星期一,星期二,星期三,星期四,星期五,星期六,星期日,星期一,",
    "一月、二月、三月、四月、五月、六月、七月、八月、九月、十月、十一月、十二月、一月、二月、三月、四月、五月、六月、",
    "春天,夏天,秋天,冬天,春天,夏天,秋天,冬天,春天,夏天,秋天,冬天,春天,",
    "东、南、西、北、东、南、西、北、东、南、西、北、东、南、",
    "第1条:关灯。\n第2条:关灯。\n第3条:关灯。\n第4条:关灯。\n第5条:",
    "房间1:温度正常\n房间2:温度正常\n房间3:温度正常\n房间4:温度正常\n房间5:",
    "红,绿,蓝,红,绿,蓝,红,绿,蓝,红,绿,蓝,",
    "开,关,开,关,开,关,开,关,开,关,开,关,",
    "一二三四五六七八九十,一二三四五六七八九十,一二三四五六七八九十,",
    "苹果、香蕉、橙子、苹果、香蕉、橙子、苹果、香蕉、橙子、苹果、香蕉、",
]


def repeated(sentences, separator, times=4):
    return [separator.join([s] * times) + separator.rstrip() for s in sentences]


def decided_candidates():
    """(language, text) of the prompts among which those are chosen on which the reference agrees with itself."""
    pairs = [f"{a} {b}" for a, b in zip(SENTENCES, SENTENCES[1:])]
    pairs_chinese = [a + b for a, b in zip(SENTENCES_CHINESE, SENTENCES_CHINESE[1:])]
    english = SEQUENCES + repeated(SENTENCES, " ") + repeated(SENTENCES, " ", times=10)
    english += repeated(pairs, " ", times=8) + repeated(SENTENCES, " ", times=20)
    chinese = SEQUENCES_CHINESE + repeated(SENTENCES_CHINESE, "") + repeated(pairs_chinese, "") + repeated(SENTENCES_CHINESE, "", times=10)
    chinese += repeated(pairs_chinese, "", times=8) + repeated(SENTENCES_CHINESE, "", times=20)
    return [("en", t) for t in ENGLISH + english], [("zh", t) for t in CHINESE + chinese]


def long_text(sentences, rounds, seed=SEED):
    """Every sentence once a round, each round in an order of its own: long, coherent enough, with far repeats."""
    order = random.Random(seed)
    text = []
    for _ in range(rounds):
        text += order.sample(sentences, len(sentences))
    return " ".join(text)


def smollm_chat(text):
    """The chat format of SmolLM2, written out so that the goldens do not depend on a template engine."""
    return (
        "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"
        f"<|im_start|>user\n{text}<|im_end|>\n<|im_start|>assistant\n"
    )
