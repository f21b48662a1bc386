"""scripts/compare/peers/table.py on times that can be worked out by hand."""

import contextlib
import io
from types import SimpleNamespace

from table import print_summary, print_table, settings_around, time_at


def run(recall, single_us, batch_us=None, resident_bytes=None):
    return SimpleNamespace(
        recall=recall,
        single_us=single_us,
        batch_us=batch_us,
        resident_bytes=resident_bytes,
    )


def engine(name, build_s=None, index_bytes=None, call_us=0.0):
    return SimpleNamespace(
        name=name, build_s=build_s, index_bytes=index_bytes, call_us=call_us
    )


def lines_of(function, *arguments):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        function(*arguments)
    return [line.split("\t") for line in out.getvalue().splitlines()]


def equal(found, wanted):
    assert found == wanted, f"{found}, not {wanted}"


RUNS = {
    # A third run that was disturbed does not count.
    "imsearch": {
        10: [run(0.98, 10, 8, 50_000_000), run(0.98, 12, 8, 0), run(0.98, 99, 8, 0)],
        20: [run(0.995, 30, 20, 60_000_000)],
        40: [run(0.999, 48, 40, 55_000_000)],
    },
    "other": {
        10: [run(0.97, 100, None, 120_000_000)],
        20: [run(0.99, 200, None, 120_000_000)],
        40: [run(0.9975, 400, None, 120_000_000)],
    },
    "at-once": {
        10: [run(0.9999, 96, 96, 6_000_000)],
        20: [run(0.9999, 196, 196, 6_000_000)],
    },
    "imsearch-exact": {0: [run(1, 1000)]},
    "flat": {0: [run(1, 5000)]},
}
ENGINES = [
    engine("imsearch", 2, 40_000_000),
    engine("other", 30, 80_000_000, 1.5),
    engine("at-once"),
    engine("imsearch-exact"),
    engine("flat"),
]

at = time_at(0.99, RUNS["imsearch"])
equal(round(at.value, 6), 24.0)  # two thirds of the way from 12 to 30
equal(at.bound, "")
equal(time_at(0.99, RUNS["other"]).value, 200)
equal(time_at(0.999, RUNS["other"]).text(1), "never")
equal(time_at(0.99, RUNS["at-once"]).text(1), "<=96.0")

equal(settings_around((0.99, 0.999), RUNS["imsearch"], [10, 20, 40]), [10, 20, 40])
equal(settings_around((0.99, 0.999), RUNS["other"], [10, 20, 40]), [10, 20])
equal(settings_around((0.99,), RUNS["flat"], [0]), [0])

table = lines_of(print_table, ENGINES, RUNS)
equal(
    table[0],
    ["engine", "build_s", "index_mb", "rss_mb", "ef", "recall10", "single_us",
     "batch_us"],
)  # fmt: skip
equal(table[1], ["imsearch", "2.0", "40.0", "50.0", "10", "0.9800", "12.0", "8.0"])
equal(table[4], ["other", "30.0", "80.0", "120.0", "10", "0.9700", "100.0", "-"])
equal(table[7], ["at-once", "-", "-", "6.0", "10", "0.9999", "96.0", "96.0"])

said = []
summary = lines_of(print_summary, ENGINES, RUNS, said.append)
equal(summary[0][4:6], ["us_at_0.99", "us_at_0.999"])
equal(summary[1][6:], ["1.00", "1.00", "1.00", "1.00", "1.00", "0.0"])
equal(
    summary[2][1:],
    ["30.0", "80.0", "120.0", "200.0", "never", "15.00", "2.00", "2.00", "8.33",
     "never", "1.5"],
)  # fmt: skip
equal(summary[3][9:11], ["<=4.00", "<=2.00"])
equal(summary[5][4:6] + summary[5][9:11], ["5000.0", "5000.0", "5.00", "5.00"])
equal(said, ["other: never reaches 0.999: at most 0.9975"])
