#!/usr/bin/python3
"""Draw data/answers.jpg, the picture of a page of answers in README.

usage: screenshot.py

Asks for three of the demonstration's pictures with the tools in build/bin, and
shows the page in Chromium. Needs the Debian packages of the group browser
(scripts/install-packages.sh browser), and no network.
"""
import base64
import os
import shutil
import sys
import tempfile

SOURCE = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
sys.path.insert(0, os.path.join(SOURCE, "tests/browser"))
sys.dont_write_bytecode = True

from support import Browser, tool  # noqa: E402 (found by the path above)

ASKED = ["hat/black-plain-06.jpg", "mug/blue-dots-03.jpg",
         "dress/white-flowers-08.jpg"]


def main():
    folder = tempfile.mkdtemp(prefix="imsearch-screenshot-")
    try:
        photos = os.path.join(folder, "photos")
        shutil.copytree(os.path.join(SOURCE, "data/photos"), photos)
        kinds = sorted(os.listdir(photos))
        tool("extract", "-q", *kinds, cwd=photos)
        tool("build-index", "-q", cwd=photos)
        page = os.path.join(photos, "answers.html")
        tool("query", "-q", *ASKED, "-k", "5", "--html", page, cwd=photos)
        browser = Browser(width=1240, height=1200)
        try:
            browser.open(page)
            picture = browser.driver.execute_cdp_cmd(
                "Page.captureScreenshot", {"format": "jpeg", "quality": 84})
        finally:
            browser.quit()
        with open(os.path.join(SOURCE, "data/answers.jpg"), "wb") as file:
            file.write(base64.b64decode(picture["data"]))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
