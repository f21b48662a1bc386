"""serve's page in chromium: a photo dropped, its neighbours, a click on, and
what goes wrong; by mouse, by keyboard, in the dark, and on a phone."""
import os
import shutil
import sys
import unittest

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.chrome.service import Service as Driver
from selenium.webdriver.support.ui import WebDriverWait

sys.path.insert(0, os.path.join(os.environ["IMSEARCH_SOURCE"], "tests", "cli",
                                "serve"))
from service import SOURCE, Folder, Service, run  # noqa: E402

IMAGES = os.path.join(SOURCE, "data", "photos")
SCREENSHOTS = os.environ.get("IMSEARCH_SCREENSHOTS")
STRANGE = ["a \"b\" <script>alert(1)</script>.jpg".replace("/", "\u2044"),
           "new\nline & 'quotes'.jpg"]

# A drop, as a mouse would make it: drivers can only choose files.
DROP = """
const [input, target] = arguments;
const data = new DataTransfer();
data.items.add(input.files[0]);
input.value = "";
target.dispatchEvent(new DragEvent("drop",
  {dataTransfer: data, bubbles: true, cancelable: true}));
"""


def photos():
    found = []
    for folder, _, names in sorted(os.walk(IMAGES)):
        found += [os.path.join(folder, n) for n in sorted(names)
                  if n.endswith(".jpg")]
    return found


def browser(**features):
    options = webdriver.ChromeOptions()
    for flag in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage",
                 "--window-size=1200,900", *features.get("flags", ())):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs",
                           {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options=options,
                            service=Driver("/usr/bin/chromedriver"))


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Folder()
        cls.folder = cls.place.__enter__()
        os.mkdir(f"{cls.folder}/photos")
        for i, path in enumerate(photos()[:50]):
            shutil.copy(path, f"{cls.folder}/photos/{i:02}.jpg")
        for i, name in enumerate(STRANGE):
            shutil.copy(photos()[30 + i], f"{cls.folder}/photos/{name}")
        run("extract", "-q", "--weights", "demo", "-0", "photos",
            cwd=cls.folder)
        run("build-index", "-q", "-0", "fvecs.bin", cwd=cls.folder)
        cls.query = f"{cls.folder}/query.jpg"
        shutil.copy(photos()[7], cls.query)
        with open(f"{cls.folder}/broken.jpg", "w") as out:
            out.write("no picture")
        cls.large = f"{cls.folder}/large.jpg"
        with open(cls.large, "wb") as out:
            out.truncate(33 << 20)
        cls.service = Service(cls.folder, "--name", "photos")
        cls.page = browser()

    @classmethod
    def tearDownClass(cls):
        cls.page.quit()
        cls.service.__exit__()
        cls.place.__exit__()

    def setUp(self):
        self.page.get(self.service.url("photos") + "/")
        self.wait(lambda: self.tiles() and "pictures" in self.text("status"))

    def wait(self, holds):
        WebDriverWait(self.page, 30).until(lambda _: holds())

    def find(self, name):
        return self.page.find_element(By.ID, name)

    def text(self, name):
        return self.find(name).text

    def tiles(self):
        return self.page.find_elements(By.CSS_SELECTOR,
                                       "#results li:not([hidden]) button")

    def names(self):
        return self.page.execute_script(
            "return [...document.querySelectorAll('#results .name')]"
            ".map(n => n.textContent)")

    def choose(self, path):
        self.find("file").send_keys(path)

    def keep_picture(self, name):
        if SCREENSHOTS:
            self.page.save_screenshot(os.path.join(SCREENSHOTS, name))

    def ask(self, path=None):
        self.choose(path or self.query)
        self.wait(lambda: self.find("question").is_displayed() and
                  self.tiles()[0].find_elements(By.CLASS_NAME, "similarity"))

    def test_a_photo_is_chosen_and_its_neighbours_shown(self):
        self.ask()
        self.assertEqual(self.names()[0], "photos/07.jpg")
        self.assertIn("1.000", self.tiles()[0].text)
        image = self.tiles()[0].find_element(By.TAG_NAME, "img")
        self.wait(lambda: self.page.execute_script(
            "return arguments[0].complete && arguments[0].naturalWidth > 0",
            image))
        self.keep_picture("serve.png")

    def test_a_photo_is_dropped(self):
        self.page.execute_script(
            "const i = document.createElement('input'); i.type = 'file';"
            "i.id = 'dropped'; document.body.append(i);")
        self.find("dropped").send_keys(self.query)
        self.page.execute_script(DROP, self.find("dropped"),
                                 self.find("results"))
        self.wait(lambda: self.find("question").is_displayed())
        self.assertEqual(self.names()[0], "photos/07.jpg")

    def test_a_click_asks_on_and_back_goes_back(self):
        self.ask()
        second = self.names()[1]
        self.tiles()[1].click()
        self.wait(lambda: self.text("asked-name") == second)
        self.assertNotIn(second, self.names())
        self.page.back()
        self.wait(lambda: self.text("asked-name") == "query.jpg")
        self.wait(lambda: self.names()[0] == "photos/07.jpg")
        self.page.back()
        self.wait(lambda: not self.find("question").is_displayed())
        self.page.forward()
        self.wait(lambda: self.find("question").is_displayed())
        self.assertEqual(self.text("asked-name"), "query.jpg")

    def test_each_step_asks_once(self):
        self.ask()
        self.page.get_log("performance")
        self.tiles()[1].click()
        self.wait(lambda: self.text("asked-name") != "query.jpg")
        self.page.back()
        self.wait(lambda: self.text("asked-name") == "query.jpg")
        asked = [entry for entry in self.page.get_log("performance")
                 if '"Network.requestWillBeSent"' in entry["message"]
                 and "/similar?" in entry["message"]]
        self.assertEqual(len(asked), 2)

    def test_an_address_says_what_is_asked(self):
        self.page.get(self.service.url("photos") + "/#row=5")
        self.page.refresh()
        self.wait(lambda: self.find("question").is_displayed())
        self.assertEqual(self.text("asked-name"), self.text_of_row(5))
        self.wait(lambda: "52 pictures" in self.text("where"))

    def test_a_photo_is_pasted(self):
        self.page.execute_script(
            "const i = document.createElement('input'); i.type = 'file';"
            "i.id = 'pasted'; document.body.append(i);")
        self.find("pasted").send_keys(self.query)
        self.page.execute_script(
            "const data = new DataTransfer();"
            "data.items.add(arguments[0].files[0]);"
            "document.dispatchEvent(new ClipboardEvent('paste',"
            "  {clipboardData: data, bubbles: true}));", self.find("pasted"))
        self.wait(lambda: self.find("question").is_displayed())
        self.assertEqual(self.names()[0], "photos/07.jpg")

    def test_the_same_file_is_chosen_again(self):
        self.ask()
        self.tiles()[1].click()
        self.wait(lambda: self.text("asked-name") != "query.jpg")
        self.choose(self.query)
        self.wait(lambda: self.text("asked-name") == "query.jpg")

    def test_pictures_that_are_gone_say_so(self):
        with Folder() as folder:
            shutil.copytree(self.folder, f"{folder}/x")
            with Service(f"{folder}/x", "--name", "photos",
                         "--no-images") as service:
                self.page.get(service.url("photos") + "/")
                self.wait(lambda: self.tiles() and
                          "no picture" in self.tiles()[0].text)

    def test_other_indexes_are_linked(self):
        self.assertFalse(self.find("indexes").is_displayed())
        with Service(self.folder, "-i", "fvecs.bin.hnsw.index", "--name", "a",
                     "-i", "fvecs.bin.hnsw.index", "--name", "b") as service:
            self.page.get(f"http://127.0.0.1:{service.port}/")
            self.assertEqual(
                [link.text for link in
                 self.page.find_elements(By.CSS_SELECTOR, "li a")], ["a", "b"])
            self.page.find_element(By.LINK_TEXT, "b").click()
            self.wait(lambda: "in b" in self.text("where"))
            self.wait(lambda: self.find("indexes").is_displayed())
            self.page.find_element(By.LINK_TEXT, "a").click()
            self.wait(lambda: "in a" in self.text("where"))

    def test_names_are_text(self):
        self.assertIn("photos/" + STRANGE[0], self.names())
        self.assertIn("photos/" + STRANGE[1], self.names())
        self.assertEqual(self.page.find_elements(By.CSS_SELECTOR,
                                                 "#results script"), [])
        row = self.names().index("photos/" + STRANGE[1])
        self.tiles()[row].click()
        self.wait(lambda: self.find("question").is_displayed())
        self.assertEqual(self.page.execute_script(
            "return document.getElementById('asked-name').textContent"),
            "photos/" + STRANGE[1])

    def test_the_threshold_hides_what_is_farther(self):
        self.ask()
        before = len(self.tiles())
        self.page.execute_script(
            "const t = document.getElementById('threshold'); t.value = 0.99;"
            "t.dispatchEvent(new Event('input'))")
        after = len(self.tiles())
        self.assertTrue(0 < after < before)
        self.assertIn(str(after), self.text("status"))

    def test_what_is_wrong_is_said(self):
        self.choose(f"{self.folder}/broken.jpg")
        self.wait(lambda: self.text("problem"))
        self.assertIn("not an image", self.text("problem"))
        self.choose(self.large)
        self.wait(lambda: "33 MiB" in self.text("problem"))
        self.ask()
        self.assertEqual(self.text("problem"), "")
        other = Service(self.folder, "--name", "photos")
        self.page.get(other.url("photos") + "/")
        self.wait(self.tiles)
        other.__exit__()
        self.tiles()[0].click()
        self.wait(lambda: "does not answer" in self.text("problem"))

    def test_by_keyboard_alone(self):
        def press(key):
            webdriver.ActionChains(self.page).send_keys(key).perform()

        press(Keys.TAB)
        self.assertEqual(self.page.switch_to.active_element.text,
                         "To the pictures")
        for _ in range(20):
            active = self.page.switch_to.active_element
            if active.get_attribute("data-row"):
                break
            press(Keys.TAB)
        first = self.page.switch_to.active_element
        self.assertEqual(first.get_attribute("data-row"), "0")
        press(Keys.ARROW_RIGHT)
        second = self.page.switch_to.active_element
        self.assertEqual(second.get_attribute("data-row"), "1")
        press(Keys.ENTER)
        self.wait(lambda: self.text("asked-name") == self.text_of_row(1))

    def text_of_row(self, row):
        return self.service.json("GET", f"/photos/_doc/{row}?_source=name")[
            "_source"]["name"]

    def test_in_the_dark_and_on_a_phone(self):
        ground = "return getComputedStyle(document.body).backgroundColor"
        light = self.page.execute_script(ground)
        self.page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": "dark"}]})
        self.assertNotEqual(self.page.execute_script(ground), light)
        self.page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": 360, "height": 740, "deviceScaleFactor": 2,
            "mobile": True})
        try:
            self.page.refresh()
            self.wait(self.tiles)
            self.ask()
            wide = self.page.execute_script(
                "return document.documentElement.scrollWidth")
            self.assertLessEqual(wide, 360)
            self.keep_picture("serve-phone-dark.png")
        finally:
            self.page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride",
                                      {})
            self.page.execute_cdp_cmd("Emulation.setEmulatedMedia",
                                      {"features": []})

    def test_nothing_is_asked_elsewhere_and_nothing_complains(self):
        self.ask()
        for entry in self.page.get_log("browser"):
            # An image that cannot be read or is gone, and a service that is.
            if any(known in entry["message"]
                   for known in ("400", "404", "ERR_")):
                continue
            self.assertNotEqual(entry["level"], "SEVERE", entry)
        hosts = set()
        for entry in self.page.get_log("performance"):
            if '"Network.requestWillBeSent"' in entry["message"]:
                url = entry["message"].split('"url":"')[1].split('"')[0]
                hosts.add(url.split("/")[2] if url.startswith("http") else "")
        self.assertTrue(all(host == "" or host.startswith("127.0.0.1:")
                            for host in hosts), hosts)

    def test_ten_thousand_results_are_scrolled(self):
        self.page.execute_script(
            "show(Array.from({length: 10000}, (_, i) => "
            "({row: i % 50, similarity: 1 - i / 10000, name: 'n' + i})))")
        self.page.execute_script(
            "window.scrollTo(0, document.body.scrollHeight)")
        self.wait(lambda: self.page.execute_script(
            "const r = document.querySelector('#results li:last-child')"
            ".getBoundingClientRect(); return r.top < innerHeight"))


if __name__ == "__main__":
    unittest.main()
