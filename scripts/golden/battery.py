"""Golden values of batteries and costs, by CityLearn 1.3.6.

python3 -m venv VENV && VENV/bin/pip install 'numpy<2' 'pandas<2' gym==0.26.2 simplejson pyyaml pillow matplotlib scikit-learn
VENV/bin/pip install --no-deps citylearn==1.3.6
VENV/bin/python scripts/golden/battery.py Tests/LaresControlTests/Energy/Golden/battery.json     # what is committed
VENV/bin/python scripts/golden/battery.py --year year.json                                       # five homes, a year, for LARES_CITYLEARN_YEAR

The numbers are made here: batteries of several designs under random orders, and costs of random districts; with --year the batteries of the
challenge's homes (the data come with the package) under random orders and under rules.
"""
import json
import random
import sys

import numpy as np
from citylearn.cost_function import CostFunction
from citylearn.energy_model import Battery

SEED = 20221018
DESIGNS = [
    {"capacity": 6.4, "nominal_power": 5.0, "loss_coefficient": 0.0, "capacity_loss_coefficient": 1e-5},
    {"capacity": 13.5, "nominal_power": 4.6, "loss_coefficient": 0.006, "capacity_loss_coefficient": 1e-3},
    {"capacity": 3.0, "nominal_power": 3.0, "loss_coefficient": 0.02, "capacity_loss_coefficient": 1e-4,
     "power_efficiency_curve": [[0, 0.7], [0.5, 0.95], [1, 0.9]], "capacity_power_curve": [[0.0, 0.5], [0.2, 1], [0.9, 1], [1.0, 0.1]]},
]


def battery(design, steps, source):
    unit = Battery(efficiency=0.9, **design)
    rows = []
    for _ in range(steps):
        # A third of the orders are far too large, so that every limit is met.
        asked = source.uniform(-1, 1) * design["capacity"] * source.choice([0.1, 0.4, 3])
        unit.charge(asked)
        unit.next_time_step()
        rows.append([asked, float(unit.energy_balance[-1]), float(unit.soc[-1]), float(unit.capacity)])
    return {"design": design, "steps": rows}


def district(homes, hours, source):
    load = [[round(source.expovariate(1), 3) for _ in range(hours)] for _ in range(homes)]
    solar = [[round(max(0, source.gauss(0, 1.5)), 3) for _ in range(hours)] for _ in range(homes)]
    used = [[round(source.uniform(-1, 1), 3) for _ in range(hours)] for _ in range(homes)]
    price = [round(source.uniform(0.1, 0.6), 3) for _ in range(hours)]
    emission = [round(source.uniform(0.05, 0.3), 4) for _ in range(hours)]
    return {"load": load, "solar": solar, "used": used, "price": price, "emission": emission, "scores": scores(load, solar, used, price, emission)}


def scores(load, solar, used, price, emission):
    """As CityLearnEnv.evaluate: the price of the sum, the emissions of each, ramping and load factor of the sum."""
    price, emission = np.array(price), np.array(emission)
    without = np.array(load) - np.array(solar)
    with_storage = without + np.array(used)

    def costs(net):
        total = net.sum(axis=0)
        return (CostFunction.price(total * price)[-1], CostFunction.carbon_emissions((net * emission).clip(min=0).sum(axis=0))[-1],
                CostFunction.ramping(total)[-1], CostFunction.load_factor(total)[-1])

    return [a / b for a, b in zip(costs(with_storage), costs(without))]


def year(orders):
    from citylearn.citylearn import CityLearnEnv
    env = CityLearnEnv("citylearn_challenge_2022_phase_1")
    observations = env.reset()
    asked = [[] for _ in env.buildings]
    while not env.done:
        now = [orders(int(observation[2])) for observation in observations]
        for row, share in zip(asked, now):
            row.append(share)
        observations, _, _, _ = env.step([[share] for share in now])
    return {"asked": asked, "used": [[float(v) for v in b.electrical_storage.energy_balance] for b in env.buildings],
            "stored": [[float(v) for v in b.electrical_storage.soc] for b in env.buildings],
            "scores": [float(v) for v in env.evaluate()]}


if sys.argv[1] == "--year":
    source = random.Random(SEED)
    runs = {
        "random": year(lambda hour: source.uniform(-0.5, 0.5)),
        "rule": year(lambda hour: 0.091 if 6 <= hour <= 14 else -0.08),
    }
    json.dump(runs, open(sys.argv[2], "w"))
    print({name: run["scores"] for name, run in runs.items()})
else:
    source = random.Random(SEED)
    golden = {"citylearn": "1.3.6", "seed": SEED, "batteries": [battery(design, 200, source) for design in DESIGNS],
              "districts": [district(2, 120, source), district(1, 750, source)]}
    with open(sys.argv[1], "w") as out:
        json.dump(golden, out, separators=(",", ":"))
        out.write("\n")
