#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A bar chart of one measurement, as SVG on stdout, from the record of tests/bench/run --json.

    contrib/bench/plot.py [--section launch] [--as user] RECORD.json >launch.svg
"""

import argparse
import json
import sys
from xml.sax.saxutils import escape

BAR, GAP, LEFT, RIGHT, TOP = 22, 8, 120, 70, 56
WIDTH = 640
CUT = 6.0  # a longer bar is broken off: the short ones are what is compared


def chart(title, subtitle, rows):
    longest = min(CUT, max(value for _, value in rows))
    scale = (WIDTH - LEFT - RIGHT) / longest
    height = TOP + len(rows) * (BAR + GAP) + 12
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
           f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="13" role="img">',
           f"<title>{escape(title)}</title>",
           f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
           f'<text x="12" y="22" font-size="15" font-weight="bold" fill="#222222">{escape(title)}'
           "</text>",
           f'<text x="12" y="41" fill="#555555">{escape(subtitle)}</text>']
    for i, (name, value) in enumerate(rows):
        y = TOP + i * (BAR + GAP)
        width = min(value, CUT) * scale
        colour = {"floor": "#9aa5b1"}.get(name, "#1f6feb" if name.startswith("plugbox") else "#c9b18a")
        out += [f'<text x="{LEFT - 8}" y="{y + 16}" text-anchor="end" fill="#222222">{escape(name)}'
                "</text>",
                f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR}" rx="2" '
                f'fill="{colour}"/>']
        if value > CUT:
            x = LEFT + width - 24
            out.append(f'<path d="M{x} {y + BAR} l8 -{BAR} h6 l-8 {BAR} z" fill="#ffffff"/>')
        out.append(f'<text x="{LEFT + width + 6:.1f}" y="{y + 16}" fill="#222222">{value:.1f}x</text>')
    x = LEFT + scale
    out += [f'<line x1="{x:.1f}" y1="{TOP - 6}" x2="{x:.1f}" y2="{height - 10}" stroke="#444444" '
            'stroke-dasharray="3 3"/>', "</svg>", ""]
    return "\n".join(out)


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("record")
    p.add_argument("--section", default="launch")
    p.add_argument("--as", dest="who", default="user")
    opts = p.parse_args()
    with open(opts.record, encoding="ascii") as f:
        record = json.load(f)
    try:
        section = record["identities"][opts.who]["sections"][opts.section]
    except KeyError as e:
        print(f"plot.py: the record has no {e}", file=sys.stderr)
        return 1
    rows = [(name, row["ratio"]) for name, row in section["rows"].items() if "ratio" in row]
    rows.sort(key=lambda r: r[1])
    subtitle = (f"median of {record['n']}, as {'an ordinary user' if opts.who == 'user' else 'root'}; "
                f"1 = the kernel's own work ({section['against']})")
    sys.stdout.write(chart(section["title"].capitalize(), subtitle, rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
