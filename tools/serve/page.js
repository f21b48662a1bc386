// The page of one index: asks it by a photo or by a picture that it has, and
// shows what it answers. Names of files are only ever set as text.
"use strict";
const by = (id) => document.getElementById(id);
const results = by("results");
const indexName = decodeURIComponent(
  location.pathname.replace(/\/$/, "").split("/").pop());
const mostBytes = 32 << 20;  // of a photo: more is refused
let shown = [];      // neighbours of the last answer: {row, similarity, name}
let latest = 0;      // number of the latest question: older answers are dropped
let preview = null;  // the object URL of the photo that is asked by
const photos = [];   // that were given, so that Back finds them again

function say(text) { by("status").textContent = text; }
function complain(text) { by("problem").textContent = text; }

// What a reply says that is not an answer.
async function reasonOf(response) {
  try {
    const body = await response.json();
    return body.error.reason || body.error.type;
  } catch (_) {
    return "the service answered with status " + response.status;
  }
}

async function ask(url, options) {
  const number = ++latest;
  complain("");
  say("Looking …");
  let response;
  try {
    response = await fetch(url, options);
  } catch (_) {
    if (number === latest) {
      say("");
      complain("The service does not answer. Is it still running?");
    }
    return null;
  }
  const problem = response.ok ? "" : await reasonOf(response);
  const answer = response.ok ? await response.json() : null;
  if (number !== latest) return null;
  say("");
  if (problem) complain("This could not be answered: " + problem);
  return answer;
}

// "folder/" and "file", which are cut to fit each by itself.
function nameOf(text) {
  const name = document.createElement("span");
  name.className = "name";
  const end = text.lastIndexOf("/") + 1;
  for (const [part, kind] of [[text.slice(0, end), "folder"],
                              [text.slice(end), "file"]]) {
    if (part === "") continue;
    const span = document.createElement("span");
    span.className = kind;
    span.textContent = part;
    name.append(span);
  }
  return name;
}

function tile(neighbor) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.row = neighbor.row;
  const image = document.createElement("img");
  image.loading = "lazy";
  image.decoding = "async";
  image.alt = "";  // its name stands below it
  image.src = "thumb/" + neighbor.row;
  button.title = neighbor.name;
  button.append(image, nameOf(neighbor.name));
  if (neighbor.similarity !== undefined) {
    const similarity = document.createElement("span");
    similarity.className = "similarity";
    similarity.textContent = neighbor.similarity.toFixed(3);
    button.append(similarity);
  }
  item.append(button);
  return item;
}

function threshold() { return Number(by("threshold").value); }

// Tiles are sorted, so that the slider only moves where they end.
function applyThreshold() {
  const least = threshold();
  by("threshold-text").textContent = least > 0 ? least.toFixed(2) : "any";
  let count = 0;
  shown.forEach((neighbor, i) => {
    const far = neighbor.similarity !== undefined &&
      least > 0 && neighbor.similarity < least;
    results.children[i].hidden = far;
    if (!far) ++count;
  });
  if (shown.length === 0) return;
  say(count === 0 ? "No picture is as similar as that."
                  : count + (count === 1 ? " picture" : " pictures"));
}

function show(neighbors) {
  shown = neighbors;
  const fragment = document.createDocumentFragment();
  for (const neighbor of neighbors) fragment.append(tile(neighbor));
  results.replaceChildren(fragment);
  if (neighbors.length === 0) say("Nothing was found.");
  applyThreshold();
}

function showQuestion(url, name) {
  by("question").hidden = false;
  by("asked").src = url;
  by("asked-name").textContent = name;
}

function countParameter() { return "k=" + by("count").value; }

async function nameOfRow(row) {
  const known = shown.find((neighbor) => neighbor.row === row);
  if (known) return known.name;
  try {
    const reply = await fetch("_doc/" + row + "?_source=name");
    return (await reply.json())._source.name;
  } catch (_) {
    return "picture " + row;
  }
}

async function askRow(row) {
  const name = nameOfRow(row);
  const answer = await ask("similar?row=" + row + "&" + countParameter());
  if (!answer) return;
  showQuestion("thumb/" + row, await name);
  show(answer.neighbors);
  window.scrollTo(0, 0);
}

async function askPhoto(file) {
  const body = new FormData();
  body.append("image", file, file.name || "pasted");
  const answer = await ask("similar?self=true&" + countParameter(),
                           { method: "POST", body });
  if (!answer) return;
  if (preview) URL.revokeObjectURL(preview);
  preview = URL.createObjectURL(file);
  showQuestion(preview, file.name || "pasted picture");
  show(answer.neighbors);
  window.scrollTo(0, 0);
}

function sayWhere(total) {
  by("where").textContent = "in " + indexName + ", " + total.toLocaleString() +
    (total === 1 ? " picture" : " pictures");
}

// Some of the index's own pictures, to start from.
async function showSome(from) {
  const answer = await ask("_search?_source=name&size=" +
    Math.min(60, by("count").value) + "&from=" + from);
  if (!answer) return;
  by("question").hidden = true;
  sayWhere(answer.hits.total.value);
  show(answer.hits.hits.map((hit) =>
    ({ row: Number(hit._id), name: hit._source.name })));
  return answer.hits.total.value;
}

// What the address and its place in the history say: #row=5, or a photo, so that
// Back goes back.
function follow() {
  const match = /^#row=(\d+)$/.exec(location.hash);
  const photo = history.state && photos[history.state.photo];
  if (match) askRow(Number(match[1]));
  else if (photo) askPhoto(photo);
  else showSome(0);
}

function go(address, state) {
  history.pushState(state, "", address);
  follow();
}

function take(files) {
  const file = [...files].find((one) => one.size > 0);
  if (!file) { complain("That was no file."); return; }
  if (file.size > mostBytes) {
    complain("This could not be answered: the file has " +
      Math.ceil(file.size / (1 << 20)) + " MiB, at most 32 are taken.");
    return;
  }
  go(location.pathname, { photo: photos.push(file) - 1 });
}

async function listIndexes() {
  const reply = await fetch("../_cat/indices?format=json");
  const all = reply.ok ? await reply.json() : [];
  const own = all.find((one) => one.index === indexName);
  if (own) sayWhere(Number(own["docs.count"]));
  for (const { index } of all) {
    if (index === indexName) continue;
    const link = document.createElement("a");
    link.href = "../" + encodeURIComponent(index) + "/";
    link.textContent = index;
    by("indexes").append(link);
  }
  by("indexes").hidden = all.length < 2;
}

results.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) go("#row=" + button.dataset.row, null);
});

// Arrows go from tile to tile; Tab does, too.
results.addEventListener("keydown", (event) => {
  const tiles = [...results.querySelectorAll("li:not([hidden]) > button")];
  const at = tiles.indexOf(document.activeElement);
  if (at < 0) return;
  const columns =
    getComputedStyle(results).gridTemplateColumns.split(" ").length;
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns,
                  ArrowUp: -columns };
  const step = steps[event.key];
  if (step === undefined || !tiles[at + step]) return;
  event.preventDefault();
  tiles[at + step].focus();
});

by("file").addEventListener("change", (event) => {
  const files = [...event.target.files];
  event.target.value = "";  // the same file may be chosen again
  take(files);
});
by("threshold").addEventListener("input", applyThreshold);
by("count").addEventListener("change", follow);
by("others").addEventListener("click", async () => {
  history.pushState(null, "", location.pathname);
  const total = await showSome(0);
  if (total > 60)
    showSome(Math.floor(Math.random() * Math.min(total - 60, 9900)));
});
by("ask").addEventListener("submit", (event) => event.preventDefault());
window.addEventListener("popstate", follow);
document.addEventListener("paste", (event) => {
  if (event.clipboardData && event.clipboardData.files.length > 0)
    take(event.clipboardData.files);
});
// Anywhere on the page.
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  by("drop").classList.add("over");
});
document.addEventListener("dragleave", () => by("drop").classList.remove("over"));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  by("drop").classList.remove("over");
  take(event.dataTransfer.files);
});
// An image that is not there says so.
results.addEventListener("error", (event) => {
  if (event.target.tagName !== "IMG") return;
  const gone = document.createElement("span");
  gone.className = "gone";
  gone.textContent = "no picture";
  event.target.replaceWith(gone);
}, true);
listIndexes().catch(() => {});
follow();
