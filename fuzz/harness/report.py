"""What a campaign did, as JSON and as a page with a plot."""

import html
import json

from . import store as stores

WIDTH, HEIGHT = 640, 200


def summary(store, state):
    samples = store.samples()
    last = samples[-1] if samples else {}
    seconds = state["seconds_done"]
    finds = [json.loads(path.read_text(encoding="utf-8"))
             for path in sorted(store.triage.glob("*/find.json"))]
    return {"target": state["target"], "engine": state["engine"], "jobs": state["jobs"],
            "seconds": round(seconds, 1), "seconds_wanted": state["seconds_wanted"],
            "finished": state["finished"], "runs": last.get("execs", 0),
            "runs_per_second": round(last.get("execs", 0) / seconds) if seconds else 0,
            "edges": last.get("edges", 0), "features": last.get("features", 0),
            "corpus": last.get("corpus", 0), "stability": last.get("stability"),
            "find_files": len(store.find_files()), "finds": finds}


def plot(samples, key):
    """Points of a polyline: time to the right, the value upwards."""
    if not samples:
        return ""
    longest = max(sample["t"] for sample in samples) or 1
    highest = max(sample.get(key, 0) for sample in samples) or 1
    points = " ".join(f"{sample['t'] / longest * WIDTH:.1f},"
                      f"{HEIGHT - sample.get(key, 0) / highest * HEIGHT:.1f}"
                      for sample in samples)
    return (f'<h2>{key} over time</h2><p>up to {highest}, in {longest:.0f} s</p>'
            f'<svg role="img" aria-label="{key} over time" viewBox="-2 -2 {WIDTH + 4} '
            f'{HEIGHT + 4}" width="{WIDTH}"><polyline fill="none" stroke="#0050a0" '
            f'stroke-width="2" points="{points}"/></svg>')


def page(data, samples):
    rows = "".join(f"<tr><th scope=\"row\">{html.escape(key.replace('_', ' '))}</th>"
                   f"<td>{html.escape(str(value))}</td></tr>"
                   for key, value in data.items() if key != "finds")
    finds = "".join(f"<h3>{html.escape(find['signature'])}</h3><p>{find['files']} files, "
                    f"{find['calls']} calls, {find['bytes']} bytes: "
                    f"{html.escape(find['folder'])}</p><pre>{html.escape(find['trace'])}</pre>"
                    for find in data["finds"]) or "<p>none told apart yet: campaign triage</p>"
    title = html.escape(f"{data['target']} under {data['engine']}")
    return (f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            "<style>body{font:16px sans-serif;max-width:50em;margin:2em auto;color:#111}"
            "th{text-align:left;padding-right:2em}pre{overflow:auto;background:#f4f4f4;"
            f"padding:1em}}</style></head><body><main><h1>{title}</h1><table>{rows}</table>"
            f"{plot(samples, 'edges')}{plot(samples, 'rate')}<h2>Finds</h2>{finds}"
            "</main></body></html>\n")


def write(store, state):
    data = summary(store, state)
    stores.write_whole(store.folder / "summary.json", json.dumps(data, indent=1) + "\n")
    stores.write_whole(store.folder / "index.html", page(data, store.samples()))
    return data
