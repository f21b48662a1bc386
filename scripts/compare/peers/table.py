"""The tables of peers.sh: medians, and times at exactly some recall."""

from dataclasses import dataclass
from statistics import median

TARGETS = (0.99, 0.999)
OURS, OUR_EXACT = "imsearch", "imsearch-exact"


def settings_around(targets, runs_by_ef, efs):
    """The settings between which the targets are reached."""
    if len(efs) == 1:
        return efs
    recalls = [runs_by_ef[ef][0].recall for ef in efs]
    wanted = set()
    for target in targets:
        reaching = next((i for i, r in enumerate(recalls) if r >= target), None)
        if reaching is not None:
            wanted |= {efs[max(reaching - 1, 0)], efs[reaching]}
    return sorted(wanted)


@dataclass
class Figure:
    """A number, or a bound of it, or none."""

    value: float | None
    bound: str = ""

    def text(self, digits):
        if self.value is None:
            return self.bound or "-"
        return f"{self.bound}{self.value:.{digits}f}"

    def over(self, ours):
        """How many times ours."""
        if self.value is None or ours.value is None:
            return Figure(None, self.bound if self.bound == "never" else "")
        if self.bound and ours.bound:
            return Figure(None)
        bound = {"<=": ">="}.get(ours.bound, self.bound)
        return Figure(self.value / ours.value, bound)


def median_of(runs, field):
    values = [getattr(run, field) for run in runs]
    return Figure(None if None in values else median(values))


def time_at(target, runs_by_ef):
    """Microseconds at exactly that recall, straight between two settings.

    Exact search has but one, and no way to be less exact.
    """
    before = None
    for ef in sorted(runs_by_ef):
        recall = runs_by_ef[ef][0].recall
        time = median_of(runs_by_ef[ef], "single_us").value
        if recall >= target:
            if before is None:
                is_bound = recall > target and len(runs_by_ef) > 1
                return Figure(time, "<=" if is_bound else "")
            share = (target - before[0]) / (recall - before[0])
            return Figure(before[1] + share * (time - before[1]))
        before = recall, time
    return Figure(None, "never")


def megabytes(count):
    return Figure(None if count is None else count / 1e6)


def resident(runs_by_ef):
    """The most after any setting."""
    sizes = [run.resident_bytes for runs in runs_by_ef.values() for run in runs]
    return megabytes(None if None in sizes else max(sizes))


def print_line(*fields):
    print(*fields, sep="\t")


def print_table(contestants, runs):
    print_line(
        "engine", "build_s", "index_mb", "rss_mb",
        "ef", "recall10", "single_us", "batch_us",
    )  # fmt: skip
    for one in contestants:
        for ef, at_ef in sorted(runs[one.name].items()):
            print_line(
                one.name,
                Figure(one.build_s).text(1),
                megabytes(one.index_bytes).text(1),
                megabytes(at_ef[0].resident_bytes).text(1),
                ef or "-",
                f"{at_ef[0].recall:.4f}",
                median_of(at_ef, "single_us").text(1),
                median_of(at_ef, "batch_us").text(1),
            )


def figures_of(one, runs_by_ef):
    return [
        Figure(one.build_s),
        megabytes(one.index_bytes),
        resident(runs_by_ef),
        *(time_at(target, runs_by_ef) for target in TARGETS),
    ]


def print_summary(contestants, runs, say):
    names = ["build_s", "index_mb", "rss_mb", *(f"us_at_{t}" for t in TARGETS)]
    print_line("engine", *names, *(f"{name}_x" for name in names), "call_us")
    figures = {one.name: figures_of(one, runs[one.name]) for one in contestants}
    nothing = [Figure(None)] * len(names)
    for one in contestants:
        its = figures[one.name]
        is_exact = len(runs[one.name]) == 1
        ours = figures.get(OUR_EXACT if is_exact else OURS, nothing)
        print_line(
            one.name,
            *(figure.text(1) for figure in its),
            *(figure.over(our).text(2) for figure, our in zip(its, ours)),
            Figure(one.call_us).text(1),
        )
        most = max(at_ef[0].recall for at_ef in runs[one.name].values())
        for target in TARGETS:
            if most < target:
                say(f"{one.name}: never reaches {target}: at most {most:.4f}")
