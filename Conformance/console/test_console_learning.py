"""A network from a table to production and back, by the forms alone: with scripts, which watch it learn, and without."""

import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from learning import RECIPE, ask, flowers, learn, train
from lares_server import Server, must_run
from test_console_keyboard import tab_to
from watched_page import until


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    """A server that has learned nothing yet."""
    with Server(tmp_path_factory.mktemp("school"), models=None) as running:
        yield running


def serious(page):
    return [fault["id"] for fault in Axe().run(page).response["violations"] if fault["impact"] in ("serious", "critical")]


def send(page, text, name="flowers.csv"):
    page.set_input_files("#file", {"name": name, "mimeType": "text/csv", "buffer": text.encode()})
    page.click("form[action='/new-training/data'] button")


def finished(page, seconds=120):
    """Waits for the end of a training that the page follows."""
    until(page, "!document.querySelector('#acts a[href$=\"/cancel\"]')", seconds)
    return page.locator("#sentence").inner_text()


def curve(page):
    return page.get_attribute("#curve path.c1", "d")


def test_a_network_is_trained_watched_published_promoted_tried_and_rolled_back(visit, school, shots):
    page = visit("/training", at=school)
    page.click("main a.b.main")
    send(page, flowers(4000))
    page.wait_for_url("**/new-training?data=*")
    assert page.input_value("#target") == "kind" and page.input_value("#name") == "flowers"
    assert page.locator("h1 + p").inner_text() == "4,000 rows, 4 columns, CSV."
    page.fill("#epochs", "100")
    page.select_option("#size", "large")
    page.uncheck("[name=stops]")
    page.click("button[value=start]")
    page.wait_for_url("**/training/*")

    page.wait_for_selector("#live:not([hidden])")
    until(page, "document.querySelector('#curve path.c1').getAttribute('d').includes('L')")
    early = curve(page)
    page.screenshot(path=shots / "job-running.png", full_page=True)
    assert page.locator("#acts a.danger").inner_text() == "Cancel…" and not serious(page)
    until(page, f"document.querySelector('#curve path.c1').getAttribute('d') !== {early!r}")
    assert re.search(r"Epoch \d+ of 100 is done", page.locator("#sentence").inner_text())
    assert finished(page).startswith("Finished in")
    assert page.locator("#said").text_content().startswith("Finished in"), "the end is announced"
    assert page.locator("#live").is_hidden() and page.locator("#results dl").is_visible()
    page.screenshot(path=shots / "job-finished.png", full_page=True)
    page.click("details summary")
    assert page.locator("#losses tbody tr").count() == 12 and page.locator("#losses tbody tr th").last.inner_text() == "100"

    page.click("#acts a.main")
    assert page.locator("h1").inner_text() == "flowers, version 1"
    assert "Accuracy, test data" in page.locator("main").inner_text() and page.locator("dd a[href^='/training/']").count() == 1
    page.click("button[aria-label='Promote version 1']")
    page.wait_for_url("**/networks/flowers?done=promoted*")
    assert page.locator("[role=status]").first.inner_text() == "Version 1 is in production."

    page.click("main a.b.main")
    page.fill("#i0", "2.1")
    page.fill("#i1", "1.0")
    page.click("#sample button")
    page.wait_for_selector(".big")
    assert page.locator(".big").inner_text() == "rose" and page.evaluate("document.activeElement.matches('[data-result]')")
    assert page.locator(".bar-row").count() == 3 and page.locator(".bar-row span").first.inner_text() == "rose"
    page.screenshot(path=shots / "try-answer.png", full_page=True)
    command = page.locator(".copy code").inner_text()
    assert "/v2/models/flowers/infer" in command and '"data":[2.1]' in command
    assert not serious(page)

    # A second version, from the first one's recipe.
    page.goto(school.url + "/training")
    page.click("tbody a")
    page.click("#acts a[href^='/new-training?job=']")
    recipe = page.input_value("#recipe")
    page.fill("#recipe", recipe.replace('"epochs": 100', '"epochs": 3'))
    page.click("main form button.main")
    page.wait_for_url("**/training/*")
    finished(page)
    page.goto(school.url + "/networks/flowers")
    assert page.locator("tbody tr").count() == 2
    page.click("button[aria-label='Promote version 2']")
    assert page.locator("[role=status]").first.inner_text() == "Version 2 is in production."
    page.click("form[action$='/rollback'] button")
    assert page.locator("[role=status]").first.inner_text() == "Version 1 is in production again."
    page.screenshot(path=shots / "network-done.png", full_page=True)
    assert ask(school.url, "GET", "/lares/v1/registry/models/flowers")["aliases"]["production"] == 1


def test_all_of_it_works_without_scripts_and_in_chinese(visit, school, shots):
    page = visit("/new-training", "zh", width=390, scripts=False, at=school)
    send(page, flowers(300), "花.csv")
    page.wait_for_url("**/new-training?data=*")
    page.fill("#name", "hua")
    page.fill("#epochs", "3")
    page.click("button[value=recipe]")
    assert '"name": "hua"' in page.input_value("#recipe")
    page.screenshot(path=shots / "recipe-plain-zh.png", full_page=True)
    page.click("main form button.main")
    page.wait_for_url("**/training/*")
    for _ in range(120):
        if "完成" in page.locator("#sentence").inner_text():
            break
        page.wait_for_timeout(500)
        page.reload()
    assert "L" in page.locator("#curve path.c1").first.get_attribute("d"), "the server draws the curve"
    page.click("#acts a.main")
    page.click("button.main")
    assert page.locator("[role=status]").first.inner_text() == "版本 1 已正式使用。"
    page.click("main a.b.main")
    page.fill("#i0", "5")
    page.fill("#i1", "3")
    page.select_option("#i2", "deep blue")
    page.click("#sample button")
    assert page.locator(".output").count() == 2 and page.locator(".bar-row").count() == 3
    page.screenshot(path=shots / "try-plain-zh.png", full_page=True)
    page.goto(school.url + "/networks/hua/versions/1/remove")
    page.click("main form button.danger")
    assert "该版本正在使用" in page.locator("#problem").inner_text()
    page.goto(school.url + "/networks/hua/remove")
    page.click("main form button.danger")
    page.wait_for_url("**/networks")
    assert "hua" not in page.locator("main").inner_text()


def test_data_that_are_no_table_are_explained_where_they_were_chosen(visit, school, shots):
    for scripts in (True, False):
        page = visit("/new-training", scripts=scripts, at=school)
        send(page, "a,b\n1,2\n3\n", "ragged.csv")
        page.wait_for_selector("#problem:not([hidden])")
        assert "'ragged.csv' line 3 has 1 fields" in page.locator("#problem .detail").inner_text()
        assert page.locator("#file").get_attribute("aria-invalid") == "true" and not (scripts and serious(page))
    page.screenshot(path=shots / "data-problem.png", full_page=True)


def test_a_file_that_is_too_large_is_not_even_sent(visit, school):
    page = visit("/new-training", at=school)
    page.evaluate("document.getElementById('file').dataset.most = 10")
    page.set_input_files("#file", {"name": "large.csv", "mimeType": "text/csv", "buffer": b"a,b\n" * 10})
    assert page.evaluate("document.getElementById('file').validationMessage").startswith("This file is larger than")
    page.set_input_files("#file", {"name": "small.csv", "mimeType": "text/csv", "buffer": b"a\n1\n"})
    assert page.evaluate("document.getElementById('file').validationMessage") == ""


def test_a_file_larger_than_the_limit_gets_an_answer_in_the_browser(visit, school):
    page = visit("/new-training", at=school)
    page.evaluate("document.getElementById('file').dataset.most = 1e12")
    page.evaluate(
        """() => { const data = new DataTransfer();
             data.items.add(new File([new Blob(['a,b\\n', ...Array(66).fill('1,2\\n'.repeat(1 << 18))])], 'huge.csv'));
             document.getElementById('file').files = data.files; }"""
    )
    page.click("form[action='/new-training/data'] button")
    page.wait_for_selector("#problem:not([hidden])", timeout=60_000)
    assert "larger than allowed" in page.locator("#problem").inner_text()


def test_a_wrong_field_is_named_and_everything_typed_is_kept(visit, school, shots):
    page = visit("/new-training", width=390, at=school)
    send(page, flowers(60))
    page.wait_for_url("**/new-training?data=*")
    page.fill("#name", "my-net")
    page.select_option("#use2", "number")
    page.click("button[value=start]")
    page.wait_for_selector("#problem:not([hidden])")
    assert page.evaluate("document.activeElement.id") == "problem"
    assert "colour has texts" in page.locator("#problem").inner_text() and page.input_value("#name") == "my-net"
    page.screenshot(path=shots / "form-problem.png", full_page=True)
    assert not serious(page)
    page.click("#problem a")
    assert page.url.endswith("#use2")


def test_a_training_is_cancelled(visit, school, shots):
    data = ask(school.url, "POST", "/lares/v1/data", files={"data": ("flowers.csv", flowers(3000))})["id"]
    job = ask(school.url, "POST", "/lares/v1/jobs", json={"recipe": RECIPE | {"name": "never", "epochs": 100_000, "early_stopping": None}, "data_id": data})["id"]
    page = visit(f"/training/{job}", at=school)
    until(page, "document.querySelector('#curve path.c1').getAttribute('d').includes('L')")
    page.click("#acts a.danger")
    assert "Cancel the training of never?" in page.locator("h1").inner_text()
    page.screenshot(path=shots / "job-cancel.png", full_page=True)
    page.click("main form button.danger")
    page.wait_for_url(f"**/training/{job}")
    until(page, "document.getElementById('sentence').textContent.startsWith('Cancelled at epoch')")
    assert "Remove…" in page.locator("#acts").inner_text() and page.locator("#log li").count() >= 3
    page.click("#acts a.danger")
    page.click("main form button.danger")
    page.wait_for_url("**/training")
    assert job not in page.content()


def test_the_list_of_trainings_follows_them(visit, school):
    data = ask(school.url, "POST", "/lares/v1/data", files={"data": ("flowers.csv", flowers(900))})["id"]
    page = visit("/training", at=school)
    page.wait_for_selector("#live:not([hidden])")
    job = train(school.url, RECIPE | {"name": "listed"}, data)
    until(page, f"document.querySelector('tr[data-name=\"{job}\"] .pill.ok') !== null")


def test_a_sample_is_tried_with_the_keyboard_alone(visit, learned, place):
    page = visit("/networks/flowers/try")
    tab_to(page, "#i0-0")
    page.keyboard.press("Control+A")
    page.keyboard.type("5.1")
    tab_to(page, "#i1")
    page.keyboard.press("ArrowDown")
    tab_to(page, "#sample button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.input_value("#i0-0") == "5.1" and page.locator(".big").count() == 1


@pytest.fixture(scope="module")
def taught(tmp_path_factory):
    """A server with word vectors and a translator, both of a moment's learning."""
    home = tmp_path_factory.mktemp("taught")
    (home / "animals.txt").write_text("cats drink milk\ndogs drink milk\ncats eat fish\ndogs eat fish\n" * 20)
    must_run(["words", "train", str(home / "animals.txt"), "-o", str(home / "animals.safetensors"), "--min-count", "1", "--dimensions", "16", "--threads", "1"], home)
    must_run(["registry", "publish", str(home / "animals.safetensors"), "animals", "--promote"], home)
    (home / "rooms.tsv").write_text("".join(f"room {number}\tR{number:03}\n" for number in range(400)))
    for version, epochs in ((1, "1"), (2, "40")):
        must_run(["translate", "train", str(home / "rooms.tsv"), "-o", str(home / "rooms.safetensors"), "--epochs", epochs, "--width", "16"], home)
        must_run(["registry", "publish", str(home / "rooms.safetensors"), "rooms", *(["--promote"] if version == 1 else [])], home)
    with Server(home, models=None) as running:
        yield running


def test_words_are_tried_by_their_neighbours_and_translators_by_a_text(visit, taught, shots):
    page = visit("/networks/animals", at=taught)
    page.click("main .head a.b.main")
    page.fill("#i0", "cats")
    page.click("#sample button.main")
    rows = page.locator(".bar-row span").all_inner_texts()
    assert sorted(rows) == ["dogs", "drink", "eat", "fish", "milk"]
    page.screenshot(path=shots / "try-words.png", full_page=True)
    assert not serious(page)
    page.fill("#i0", "unheard")
    page.click("#sample button.main")
    assert "unheard" in page.locator("#problem").inner_text()
    page = visit("/networks/rooms/try", "zh", width=390, at=taught)
    page.fill("#i0", "room 12")
    page.click("#sample button.main")
    assert page.locator(".big").count() == 1 and "room 12" in page.locator("pre").inner_text()
    page.screenshot(path=shots / "try-translator.png", full_page=True)
    assert not serious(page)


def test_a_shadow_of_a_translator_says_how_often_it_writes_something_else(visit, taught):
    ask(taught.url, "PUT", "/lares/v1/registry/models/rooms/trial", json={"version": 2, "kind": "shadow", "percent": 100})
    texts = [f"room {number}" for number in range(0, 400, 40)]
    answers = [[ask(taught.url, "POST", f"/v2/models/rooms/versions/{version}/infer", json={"inputs": [{"name": "text", "shape": [1], "datatype": "BYTES", "data": [text]}]})["outputs"] for text in texts] for version in (1, 2)]
    apart = sum(one != other for one, other in zip(*answers))
    assert apart > 0  # neither has learnt much, one less than the other
    for text in texts:
        ask(taught.url, "POST", "/v2/models/rooms/infer", json={"inputs": [{"name": "text", "shape": [1], "datatype": "BYTES", "data": [text]}]})
    end = time.monotonic() + 20
    while (trial := ask(taught.url, "GET", "/lares/v1/registry/models/rooms")["trial"])["answers"] < len(texts):
        assert time.monotonic() < end, trial
        time.sleep(0.1)
    assert trial["disagreements"] == apart and trial["largest_difference"] == 0
    page = visit("/networks/rooms", at=taught)
    assert page.locator("dt:has-text('other labels') + dd").inner_text() == str(apart)


def test_a_picture_is_painted_into_its_numbers(visit, school, tmp_path, shots):
    header = ",".join(f"p{place}" for place in range(64))
    rows = "\n".join(",".join(str((place * row) % 17) for place in range(64)) + "," + ("odd" if row % 2 else "even") for row in range(1, 60))
    data = ask(school.url, "POST", "/lares/v1/data", files={"data": ("digits.csv", f"{header},kind\n{rows}\n")})["id"]
    columns = [{"name": "pixels", "from": [f"p{place}" for place in range(64)]}]
    train(school.url, {"name": "pictures", "data": {"file": "digits.csv"}, "columns": columns, "target": {"name": "kind"}, "epochs": 2}, data)
    page = visit("/networks/pictures/try", at=school)
    page.click(".grid + button")
    assert set(page.input_value("#i0").split()) == {"0"}
    box = page.locator(".grid").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 16, box["y"] + box["height"] / 16)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 15 / 16, box["y"] + box["height"] / 16, steps=20)
    page.mouse.up()
    first, second, *_ = [[float(number) for number in row.split()] for row in page.input_value("#i0").splitlines()]
    assert min(first) > 10 and 0 < max(second) < min(first)
    page.click("#sample button.main")
    assert page.locator(".big").inner_text() in ("odd", "even")
    page.screenshot(path=shots / "try-picture.png", full_page=True)
    assert not serious(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_a_running_training_and_an_answer_are_accessible(visit, school, shots, scheme, width):
    if not ask(school.url, "GET", "/lares/v1/registry/models")["models"]:
        learn(school.url)
    data = ask(school.url, "POST", "/lares/v1/data", files={"data": ("flowers.csv", flowers(3000))})["id"]
    job = ask(school.url, "POST", "/lares/v1/jobs", json={"recipe": RECIPE | {"epochs": 100_000, "early_stopping": {"patience": 100_000}}, "data_id": data})["id"]
    page = visit(f"/training/{job}", scheme=scheme, width=width, at=school)
    until(page, "document.querySelector('#curve path.now') !== null")
    page.screenshot(path=shots / f"job-running-{width}-{scheme}.png", full_page=True)
    assert not serious(page)
    page.goto(f"{school.url}/training")
    page.screenshot(path=shots / f"training-running-{width}-{scheme}.png", full_page=True)
    ask(school.url, "DELETE", f"/lares/v1/jobs/{job}")
    page.goto(f"{school.url}/networks/flowers/try")
    page.click("#sample button")
    page.wait_for_selector(".bar-row")
    page.screenshot(path=shots / f"try-answer-{width}-{scheme}.png", full_page=True)
    assert not serious(page)
