"use strict";
(() => {
  const all = (css, root = document) => [...root.querySelectorAll(css)];
  const table = document.getElementById("alternatives");
  const map = document.getElementById("map");
  document.documentElement.classList.add("js");

  // Choosing an alternative: everything that belongs to it carries its number in data-alt.
  function choose(number, fit = true) {
    for (const node of all("[data-alt]")) node.classList.toggle("on", node.dataset.alt === number);
    const radio = document.getElementById("pick-" + number);
    if (!radio) return;
    radio.checked = true;
    const way = document.querySelector('#ways [data-alt="' + number + '"]');
    if (way) way.parentNode.append(way);
    const dot = document.querySelector('.dot[data-alt="' + number + '"]');
    if (dot) dot.parentNode.insertBefore(dot, dot.parentNode.querySelector(".no"));
    const row = radio.closest("tr"), frame = table.parentNode;
    const above = row.offsetTop - table.tHead.offsetHeight;
    if (above < frame.scrollTop) frame.scrollTop = above;
    else frame.scrollTop = Math.max(frame.scrollTop, row.offsetTop + row.offsetHeight - frame.clientHeight);
    document.documentElement.dataset.chosen = number;
    if (map && fit) fitTo(way);
  }
  document.addEventListener("click", (event) => {
    const picked = event.target.closest(".pick");
    if (!picked || moved) return;
    if (event.target.closest("a")) event.preventDefault();
    choose(picked.dataset.alt, !event.target.closest("#map"));
  });
  document.addEventListener("change", (event) => {
    if (event.target.name === "alternative") choose(event.target.value);
  });
  const fromAddress = () => {
    const found = /^#alt-(\d+)$/.exec(location.hash);
    if (found && document.getElementById("alt-" + found[1])) choose(found[1]);
  };
  window.addEventListener("hashchange", fromAddress);

  // Sorting: the second click on a heading turns the order round.
  for (const button of all("[data-sort]", table)) {
    button.addEventListener("click", () => {
      const head = button.closest("th");
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of all("[aria-sort]", table)) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const value = (row) => Number(row.getAttribute("data-" + button.dataset.sort));
      const rows = all("tbody tr", table).sort((a, b) => (value(a) - value(b)) * (down ? -1 : 1));
      table.tBodies[0].append(...rows);
    });
  }

  // The map: a view is the box of the sheet that is seen.
  let moved = false;
  if (!map) return;
  const sheet = map.viewBox.baseVal;
  const whole = { x: sheet.x, y: sheet.y, w: sheet.width, h: sheet.height };
  let view = { ...whole };

  function show(next) {
    const frame = map.getBoundingClientRect();
    if (!frame.width || !frame.height) return;
    const ratio = frame.height / frame.width;
    const widest = Math.max(whole.w, whole.h / ratio);
    let w = Math.max(next.w, next.h / ratio);
    w = Math.min(Math.max(w, widest / 30), widest);
    const cx = Math.min(Math.max(next.x + next.w / 2, whole.x), whole.x + whole.w);
    const cy = Math.min(Math.max(next.y + next.h / 2, whole.y), whole.y + whole.h);
    const full = w >= widest * 0.999;
    view = { x: (full ? whole.x + whole.w / 2 : cx) - w / 2, y: (full ? whole.y + whole.h / 2 : cy) - (w * ratio) / 2, w, h: w * ratio };
    map.setAttribute("viewBox", [view.x, view.y, view.w, view.h].map((v) => v.toFixed(1)).join(" "));
    map.style.setProperty("--u", (view.w / frame.width).toFixed(4));
    declutter();
    return full;
  }
  function fitTo(way) {
    if (!way) return;
    const box = way.getBBox();
    const pad = Math.max(box.width, box.height) * 0.08 + 10;
    show({ x: box.x - pad, y: box.y - pad, w: box.width + 2 * pad, h: box.height + 2 * pad });
  }
  function zoom(factor, x = view.x + view.w / 2, y = view.y + view.h / 2) {
    show({ x: x - (x - view.x) * factor, y: y - (y - view.y) * factor, w: view.w * factor, h: view.h * factor });
  }
  // Names of the chosen way that would overlap are moved to the other side of their dot, or hidden until zoomed in.
  function declutter() {
    const taken = [];
    const gap = view.w / 400;
    const meets = (a, b) => a.x < b.x + b.width + gap && b.x < a.x + a.width + gap && a.y < b.y + b.height && b.y < a.y + a.height;
    for (const text of all(".stops.on text", map).reverse()) {
      text.classList.remove("hid");
      const placed = [false, true].some((left) => {
        text.setAttribute("text-anchor", left ? "end" : "start");
        text.setAttribute("dx", left ? "-.6em" : ".6em");
        const box = text.getBBox();
        const inside = box.x >= view.x && box.x + box.width <= view.x + view.w;
        if (!inside || taken.some((other) => meets(box, other))) return false;
        taken.push(box);
        return true;
      });
      text.classList.toggle("hid", !placed);
    }
  }
  map.addEventListener("wheel", (event) => {
    const factor = Math.exp(Math.max(-60, Math.min(60, event.deltaY)) / 250);
    if (factor > 1 && view.w >= Math.max(whole.w, (whole.h * view.w) / view.h) * 0.999) return;
    event.preventDefault();
    const frame = map.getBoundingClientRect();
    zoom(factor, view.x + ((event.clientX - frame.left) / frame.width) * view.w,
      view.y + ((event.clientY - frame.top) / frame.height) * view.h);
  }, { passive: false });
  let held = null;
  map.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    held = { x: event.clientX, y: event.clientY, view: { ...view } };
    moved = false;
  });
  window.addEventListener("pointermove", (event) => {
    if (!held) return;
    const frame = map.getBoundingClientRect();
    const dx = event.clientX - held.x, dy = event.clientY - held.y;
    if (!moved && Math.abs(dx) + Math.abs(dy) < 4) return;
    moved = true;
    map.classList.add("held");
    show({ ...held.view, x: held.view.x - (dx / frame.width) * held.view.w, y: held.view.y - (dy / frame.height) * held.view.h });
  });
  for (const end of ["pointerup", "pointercancel"]) {
    window.addEventListener(end, () => {
      held = null;
      map.classList.remove("held");
      setTimeout(() => { moved = false; });
    });
  }
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  map.addEventListener("keydown", (event) => {
    if (event.key === "+" || event.key === "=") zoom(0.7);
    else if (event.key === "-") zoom(1.4);
    else if (steps[event.key]) {
      const [dx, dy] = steps[event.key];
      show({ ...view, x: view.x + (dx * view.w) / 8, y: view.y + (dy * view.h) / 8 });
    } else return;
    event.preventDefault();
  });
  const tools = {
    fit: () => fitTo(document.querySelector("#ways .on")),
    all: () => show(whole),
    in: () => zoom(0.7),
    out: () => zoom(1.4),
  };
  for (const button of all("[data-map]")) button.addEventListener("click", () => tools[button.dataset.map]());
  new ResizeObserver(() => show(view)).observe(map);
  choose(document.documentElement.dataset.chosen || "1");
  fromAddress();
})();
