"""Pages of query --html and duplicates --html, in Chromium."""
import json
import os
import subprocess
import time
import unittest

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from support import EVIL, BrowserTest, tool

BROKEN = """return [...document.images].filter(
    i => i.complete && i.naturalWidth === 0).length"""
OVERFLOW = "return document.documentElement.scrollWidth - innerWidth"


class AnswersPage(BrowserTest):
    def page(self, *arguments):
        path = self.collection.path("answers.html")
        tool("query", "-q", *arguments, "--html", path,
             cwd=self.collection.folder)
        return path

    def test_pictures_names_and_facts(self):
        browser = self.browser()
        browser.open(self.page("photos/hat", "-k", "5"))
        driver = browser.driver
        sections = driver.find_elements(By.CSS_SELECTOR, "section")
        self.assertEqual(len(sections), 8)
        self.assertEqual(len(driver.find_elements(By.CSS_SELECTOR, "img")), 48)
        self.assertEqual(browser.run(BROKEN), 0)
        first = sections[0].find_elements(By.CSS_SELECTOR, "figure")
        self.assertIn("query", first[0].text)
        self.assertRegex(first[1].text, r"1 [01]\.\d{3}")
        self.assertRegex(first[1].text, r"\d+ × \d+ · [\d.]+ kB · \d{4}-\d\d-\d\d")
        browser.screenshot("answers")
        self.assertEqual(browser.complaints(), [])

    def test_nothing_is_asked_of_anybody(self):
        browser = self.browser()
        browser.open(self.page("--all", "-k", "3"))
        time.sleep(0.5)
        for url in browser.requests():
            self.assertRegex(url, r"^(file:///|data:|blob:)")

    def test_full_pictures_are_linked(self):
        browser = self.browser()
        browser.open(self.page(self.collection.hat, "-k", "3"))
        link = browser.driver.find_element(By.CSS_SELECTOR, "a.picture")
        self.assertEqual(link.get_dom_attribute("href"),
                         "./" + self.collection.hat)
        link.click()
        self.assertTrue(
            browser.driver.current_url.endswith(self.collection.hat))
        self.assertEqual(browser.run(BROKEN), 0)

    def test_an_evil_name_is_only_text(self):
        browser = self.browser()
        # It is a copy of that hat, so it is found first.
        browser.open(self.page(self.collection.hat, "-k", "2"))
        title = browser.driver.title
        time.sleep(0.3)
        self.assertEqual(browser.driver.title, title)
        self.assertIn("photos/" + EVIL, browser.driver.find_element(
            By.CSS_SELECTOR, "main").text)
        self.assertEqual(browser.run(
            "return document.querySelectorAll('img[src=x],[onerror]').length"),
            0)
        links = browser.driver.find_elements(By.CSS_SELECTOR, "a.picture")
        links[1].click()
        self.assertEqual(browser.run(BROKEN), 0)

    def test_keys(self):
        browser = self.browser()
        browser.open(self.page("photos/hat", "-k", "3"))

        def press(key):
            ActionChains(browser.driver).send_keys(key).perform()

        def place():
            return browser.run(
                "const s=[...document.querySelectorAll('section')];"
                "const a=document.activeElement;"
                "const i=s.indexOf(a.closest('section'));"
                "return [i, i<0 ? -1 : "
                "[...s[i].querySelectorAll('.picture')].indexOf(a)]")
        press("j")
        self.assertEqual(place(), [0, -1])
        press("j")
        press(Keys.ARROW_RIGHT)
        press(Keys.ARROW_RIGHT)
        self.assertEqual(place(), [1, 1])
        press(Keys.ARROW_LEFT)
        self.assertEqual(place(), [1, 0])
        press("k")
        self.assertEqual(place(), [0, -1])
        press(Keys.ARROW_RIGHT)
        press(Keys.ENTER)
        self.assertTrue(browser.driver.current_url.endswith(".jpg"))

    def test_a_phone_in_the_dark(self):
        browser = self.browser(width=390, height=800, dark=True)
        browser.open(self.page("photos/hat", "-k", "5"))
        self.assertLessEqual(browser.run(OVERFLOW), 0)
        colour = browser.run("return getComputedStyle(document.body)"
                             ".backgroundColor")
        red = int(colour.split("(")[1].split(",")[0])
        self.assertLess(red, 60)
        browser.screenshot("answers-phone")


class DuplicatesPage(BrowserTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.page = cls.collection.path("duplicates.html")
        lines = tool("duplicates", "-q", "--json", "--html", cls.page,
                     "--threshold", "0.9999", cwd=cls.collection.folder)
        cls.groups = [json.loads(line) for line in lines.splitlines()]
        cls.extras = sum(len(group["extras"]) for group in cls.groups)

    def figures(self, browser, kind):
        return browser.driver.find_elements(By.CSS_SELECTOR, "figure." + kind)

    def test_groups_stand_side_by_side(self):
        browser = self.browser()
        browser.open(self.page)
        self.assertEqual(len(browser.driver.find_elements(
            By.CSS_SELECTOR, "section")), len(self.groups))
        self.assertGreaterEqual(len(self.groups), 3)
        self.assertEqual(len(self.figures(browser, "kept")), len(self.groups))
        self.assertEqual(len(self.figures(browser, "given")), self.extras)
        copies = 0
        for section in browser.driver.find_elements(By.CSS_SELECTOR, "section"):
            figures = section.find_elements(By.CSS_SELECTOR, "figure")
            self.assertEqual(figures[0].location["y"], figures[1].location["y"])
            copies += figures[1].text.count("the same bytes")
        self.assertEqual(copies, 3)
        self.assertIn(f"{self.extras} pictures to give up", browser.driver.find_element(
            By.CSS_SELECTOR, "output").text)
        self.assertEqual(browser.run(BROKEN), 0)
        self.assertEqual(browser.complaints(), [])
        browser.screenshot("duplicates")

    def test_a_choice_changes_the_rest(self):
        browser = self.browser()
        browser.open(self.page)
        boxes = browser.driver.find_elements(By.CSS_SELECTOR, "input.keep")
        boxes[1].click()
        output = browser.driver.find_element(By.CSS_SELECTOR, "output")
        self.assertIn(f"{self.extras - 1} pictures to give up", output.text)
        boxes[0].click()
        boxes[1].click()
        self.assertIn("of 1 group nothing is kept", output.text)
        ActionChains(browser.driver).send_keys("k").send_keys("1").perform()
        self.assertNotIn("nothing is kept", output.text)

    def saved(self, button, name):
        folder = self.collection.path("downloads-" + name)
        os.mkdir(folder)
        browser = self.browser(downloads=folder)
        browser.open(self.page)
        browser.driver.find_element(By.ID, button).click()
        path = os.path.join(folder, name)
        for _ in range(100):
            if os.path.exists(path):
                break
            time.sleep(0.1)
        with open(path, "rb") as file:
            return path, file.read()

    def rest(self):
        """What duplicates itself calls extras, as absolute paths."""
        extras = tool("duplicates", "-q", "--extras", "-0", "--threshold",
                      "0.9999", cwd=self.collection.folder)
        folder = os.path.realpath(self.collection.folder).encode()
        return sorted(os.path.join(folder, name)
                      for name in extras.split(b"\0") if name)

    def test_the_list_is_that_of_extras(self):
        _, saved = self.saved("list", "duplicates.list")
        self.assertEqual(sorted(saved.split(b"\0")[:-1]), self.rest())

    def test_the_script_moves_the_rest_and_nothing_else(self):
        script, _ = self.saved("script", "duplicates.sh")
        rest = self.rest()
        self.assertTrue(any(b"\xff '.jpg" in path for path in rest))
        to = self.collection.path("moved").encode()
        subprocess.run(["sh", script, to], check=True)
        for path in rest:
            self.assertFalse(os.path.exists(path))
            self.assertTrue(os.path.exists(to + path))
        for group in self.groups:
            self.assertTrue(os.path.exists(
                self.collection.path(group["keep"]["name"])))
        for path in rest:  # for the other tests
            os.rename(to + path, path)

    def test_a_phone(self):
        browser = self.browser(width=390, height=800)
        browser.open(self.page)
        self.assertLessEqual(browser.run(OVERFLOW), 0)
        browser.screenshot("duplicates-phone")


if __name__ == "__main__":
    unittest.main()
