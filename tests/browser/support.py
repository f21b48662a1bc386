"""What tests in a browser share: pictures to ask about, and Chromium."""
import json
import os
import shutil
import subprocess
import tempfile
import unittest

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

SOURCE = os.path.realpath(os.environ.get(
    "IMSEARCH_SOURCE", os.path.join(os.path.dirname(__file__), "../..")))
BIN = os.environ.get("IMSEARCH_BIN", os.path.join(SOURCE, "build/bin"))
# A name that would run in a page that did not escape it.
EVIL = "<img src=x onerror=document.title='broken'>&\"'.jpg"


def tool(name, *arguments, cwd, status=0):
    """Runs one of our tools and gives what it printed, bytes."""
    run = subprocess.run([os.path.join(BIN, name), *arguments], cwd=cwd,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if run.returncode != status:
        raise AssertionError(f"{name}: {run.returncode}: {run.stderr.decode()}")
    return run.stdout


class Collection:
    """A folder with the demonstration's pictures, a picture of an evil name,
    copies, and an index of them all."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="imsearch-browser-")
        shutil.copytree(os.path.join(SOURCE, "data/photos"),
                        self.path("photos"))
        hats = sorted(os.listdir(self.path("photos/hat")))
        mugs = sorted(os.listdir(self.path("photos/mug")))
        shutil.copy(self.path("photos/hat", hats[0]), self.path("photos", EVIL))
        os.mkdir(self.path("spare"))
        # Sorted behind the pictures they are copies of.
        for mug, name in zip(mugs, (b"it's.jpg", b"\xff '.jpg")):
            shutil.copy(self.path("photos/mug", mug),
                        os.path.join(os.fsencode(self.path("spare")), name))
        self.hat = "photos/hat/" + hats[0]
        tool("extract", "-q", "photos", "spare", cwd=self.folder)
        tool("build-index", "-q", cwd=self.folder)

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Browser:
    """Chromium without a window. Counts what pages ask for."""

    def __init__(self, width=1280, height=900, dark=False, downloads=None):
        options = Options()
        options.binary_location = "/usr/bin/chromium"
        for argument in ("--headless=new", "--disable-gpu", "--no-sandbox",
                         "--disable-dev-shm-usage",
                         f"--window-size={width},{height}"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs",
                               {"performance": "ALL", "browser": "ALL"})
        self.driver = webdriver.Chrome(
            service=Service("/usr/bin/chromedriver"), options=options)
        if downloads:
            self.driver.execute_cdp_cmd(
                "Browser.setDownloadBehavior",
                {"behavior": "allow", "downloadPath": downloads})
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1,
             "mobile": width < 600})
        self.driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia",
            {"features": [{"name": "prefers-color-scheme",
                           "value": "dark" if dark else "light"}]})

    def open(self, path):
        self.driver.get("file://" + path)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def requests(self):
        """The URLs asked for since the last call."""
        urls = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                urls.append(message["params"]["request"]["url"])
        return urls

    def complaints(self):
        """What the browser wrote to its console, but for what it is asked for
        by itself."""
        return [entry["message"] for entry in self.driver.get_log("browser")
                if "favicon" not in entry["message"]]

    def screenshot(self, name):
        """Kept where IMSEARCH_SCREENSHOTS names a folder."""
        folder = os.environ.get("IMSEARCH_SCREENSHOTS")
        if folder:
            self.driver.save_screenshot(os.path.join(folder, name + ".png"))

    def quit(self):
        self.driver.quit()


class BrowserTest(unittest.TestCase):
    """A test with a collection of its class, and browsers that end with it."""

    @classmethod
    def setUpClass(cls):
        cls.collection = Collection()
        cls.addClassCleanup(cls.collection.remove)

    def browser(self, **options):
        browser = Browser(**options)
        self.addCleanup(browser.quit)
        return browser
