"""The peer: libvips through pyvips, making the same two sizes. Prints one JSON object.

    python vips_peer.py DIR [rounds]        (pip install pyvips-binary==8.18.* pyvips)

Two ways, interleaved by round: `thumbnail_buffer` as it comes, and with the JPEG loader told to shrink by 2.
"""

import json
import os
import resource
import sys
import time

os.environ["VIPS_CONCURRENCY"] = "1"

import pyvips  # noqa: E402  (reads VIPS_CONCURRENCY when it loads)

pyvips.cache_set_max(0)


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def save(image):
    return image.jpegsave_buffer(Q=82, keep="none")


def default(data):
    view = pyvips.Image.thumbnail_buffer(data, 1600, height=1600, size="down").copy_memory()
    thumb = view.thumbnail_image(320, height=320, size="down")
    return save(view), save(thumb)


def shrink2(data):
    full = pyvips.Image.jpegload_buffer(data, shrink=2, access="sequential")
    upright = full.autorot() if full.get_typeof("orientation") else full
    view = upright.thumbnail_image(1600, height=1600, size="down").copy_memory()
    thumb = view.thumbnail_image(320, height=320, size="down")
    return save(view), save(thumb)


def main():
    folder = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    files = []
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            files.append(file.read())
    ways = {"default": default, "shrink2": shrink2}
    spent = {name: [0.0, 0.0] for name in ways}
    for way in ways.values():
        way(files[0])
    for _ in range(rounds):
        for name, way in ways.items():
            begun, clock = cpu(), time.perf_counter()
            for data in files:
                way(data)
            spent[name][0] += cpu() - begun
            spent[name][1] += time.perf_counter() - clock
    count = len(files) * rounds
    report = {
        "libvips": ".".join(str(pyvips.version(part)) for part in range(3)),
        "files": len(files),
        "rounds": rounds,
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    for name, (used, wall) in spent.items():
        report[name] = {"cpu_ms_per_photo": used * 1000 / count, "wall_ms_per_photo": wall * 1000 / count}
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
