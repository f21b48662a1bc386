#!/usr/bin/python3
"""Extract features as one writes it in PyTorch.

usage: torch_eager.py NAMES OUT WORKERS THREADS

NAMES lists photos, one a line; OUT gets their features, float32.  WORKERS
processes read photos, THREADS threads (0: as PyTorch likes) run the network.  It
is torchvision's mobilenet_v2 with random weights, which cost as much time as
trained ones.  Prints images a second, imports and the making of the network not
counted, and the peak of resident memory in MB of all processes (a page that
they share is counted in each), separated by a tab.
"""
import os
import resource
import sys
import time

import torch
import torchvision
from PIL import Image
from torchvision import transforms

BATCH = 16


class Photos(torch.utils.data.Dataset):
    def __init__(self, names):
        self.names = names
        self.transform = transforms.Compose(
            [
                transforms.Resize(256),
                transforms.CenterCrop(224),
                transforms.ToTensor(),
                transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
            ]
        )

    def __len__(self):
        return len(self.names)

    def __getitem__(self, i):
        return self.transform(Image.open(self.names[i]).convert("RGB"))


def peak_mb(who):
    return resource.getrusage(who).ru_maxrss * 1024 / 1e6


def main():
    if len(sys.argv) != 5:
        raise SystemExit(__doc__)
    workers, threads = int(sys.argv[3]), int(sys.argv[4])
    if threads:
        torch.set_num_threads(threads)
    with open(sys.argv[1], "rb") as file:
        names = [os.fsdecode(name) for name in file.read().split(b"\n")[:-1]]
    network = torchvision.models.mobilenet_v2(weights=None).eval()

    began = time.perf_counter()
    loader = torch.utils.data.DataLoader(Photos(names), BATCH, num_workers=workers)
    rows = []
    with torch.inference_mode():
        for images in loader:
            rows.append(network.features(images).mean([2, 3]))
    torch.cat(rows).numpy().tofile(sys.argv[2])
    seconds = time.perf_counter() - began
    # The largest of the workers stands for each.
    peak = peak_mb(resource.RUSAGE_SELF) + workers * peak_mb(resource.RUSAGE_CHILDREN)
    print(f"{len(names) / seconds:.2f}\t{peak:.1f}")


if __name__ == "__main__":
    main()
