"""The other side of benchmarks/following.py and hours.py: what PM4Py takes, as it is shipped.

``python pm4py_side.py LOG.parquet MODEL.json ANSWER.json`` writes seconds and results of footprints and replay,
``python pm4py_side.py hours LOG.parquet ANSWER.json`` those of durations in business hours. It imports nothing of ours.

- Footprint conformance way by way: a log of one case for each different way, its footprints case by case against the
  model's; a case fits where no pair, first or last step is outside the model.
- Footprint fitness of the whole log: on the table of all events.
- Token-based replay of all cases on the Petri net that PM4Py makes of the same directly-follows model. PM4Py itself
  replays cases of one way once; nothing is switched off.
"""

import json
import sys
import time
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")

import pandas as pd  # noqa: E402
import pm4py  # noqa: E402
from pm4py.objects.log.obj import Event, EventLog, Trace  # noqa: E402

CASE, STEP, TIME = "case:concept:name", "concept:name", "time:timestamp"


def hours(log: str, answer: str) -> None:
    events = read(log)
    start = time.perf_counter()
    durations = pm4py.get_all_case_durations(events, business_hours=True)
    seconds = time.perf_counter() - start
    Path(answer).write_text(json.dumps({"version": pm4py.__version__, "seconds": seconds, "cases": len(durations)}))


def read(log: str) -> pd.DataFrame:
    events = pd.read_parquet(log).rename(columns={"case": CASE, "step": STEP, "ended": TIME})
    events[TIME] = pd.to_datetime(events[TIME], utc=True)
    return events.sort_values([CASE, TIME], kind="stable").reset_index(drop=True)


def main() -> None:
    if sys.argv[1] == "hours":
        hours(*sys.argv[2:])
        return
    log, model, answer = sys.argv[1:]
    said = json.loads(Path(model).read_text())
    follows = [tuple(pair) for pair in said["follows"]]
    both = {(a, b) for a, b in follows if (b, a) in follows}
    footprints = {"sequence": set(follows) - both, "parallel": both, "start_activities": set(said["starts"]),
                  "end_activities": set(said["ends"]), "activities": {step for pair in follows for step in pair}}
    events = read(log)
    found = {"version": pm4py.__version__, **by_way(events, footprints, said["between"]),
             **whole(events, footprints), **replay(events, follows, said)}
    Path(answer).write_text(json.dumps(found))


def by_way(events: pd.DataFrame, footprints: dict, between: str) -> dict:
    ways = events.groupby(CASE, sort=False)[STEP].agg(between.join).value_counts()
    log = EventLog([Trace([Event({STEP: step, TIME: pd.Timestamp(n, unit="h", tz="UTC")})
                           for n, step in enumerate(way.split(between))], attributes={"concept:name": way})
                    for way in ways.index])
    start = time.perf_counter()
    judged = pm4py.conformance_diagnostics_footprints(log, footprints)
    seconds = time.perf_counter() - start
    return {"ways_seconds": seconds, "ways": {way: [int(n), bool(one["is_footprints_fit"])]
                                              for (way, n), one in zip(ways.items(), judged, strict=True)}}


def whole(events: pd.DataFrame, footprints: dict) -> dict:
    start = time.perf_counter()
    fitness = pm4py.fitness_footprints(events, footprints)
    return {"whole_seconds": time.perf_counter() - start, "fitness": float(fitness)}


def replay(events: pd.DataFrame, follows: list, said: dict) -> dict:
    net, first, last = pm4py.convert_to_petri_net(dict.fromkeys(follows, 1), dict.fromkeys(said["starts"], 1),
                                                  dict.fromkeys(said["ends"], 1))
    start = time.perf_counter()
    replayed = pm4py.conformance_diagnostics_token_based_replay(events, net, first, last)
    seconds = time.perf_counter() - start
    return {"replay_seconds": seconds, "replay_cases": len(replayed),
            "replay_fit": sum(bool(one["trace_is_fit"]) for one in replayed)}


if __name__ == "__main__":
    main()
