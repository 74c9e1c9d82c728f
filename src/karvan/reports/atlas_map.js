"use strict";
// The map of the atlas: a canvas with the network over the basemap, and a panel with the row that was clicked.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = (id) => document.getElementById(id);
  const canvas = $("map"), ctx = canvas.getContext("2d"), panel = $("panel");
  const nodes = new Map(data.nodes.map((n) => [n.node, n]));
  const links = new Map(data.links.map((l) => [l.link, l]));
  const rad = Math.PI / 180;
  // Mercator in degrees of longitude, so that both axes have one unit.
  const mercator = (lat) => -Math.log(Math.tan(Math.PI / 4 + (Math.max(-80, Math.min(80, lat)) * rad) / 2)) / rad;
  for (const n of data.nodes) n.my = mercator(n.y);
  const dateLine = (l, a, b) => Math.abs(a.x - b.x) > 180;

  const outline = (rows) => rows.map((row) => {
    const points = [];
    let x = 0, y = 0;
    for (let i = 0; i < row.length; i += 2) {
      x += row[i]; y += row[i + 1];
      points.push(x * data.base.unit_deg, mercator(y * data.base.unit_deg));
    }
    return points;
  });
  const base = {
    land: outline(data.base.land.flat()), water: outline(data.base.water),
    borders: outline(data.base.borders), disputed: outline(data.base.disputed),
  };

  // --- what is shown
  const view = { x: 55, y: mercator(43), k: 12 };
  const state = { by: "mode", corridor: "", country: "", off: new Set(), picked: null };
  const scales = {
    mode: { rail: "--a", road: "--b", sea: "--c" },
    status: { open: "--e", closed: "--g", disused: "--d", dismantled: "--f", under_construction: "--c", planned: "--i" },
    confidence: { high: "--e", medium: "--c", low: "--h", assumption: "--d" },
  };
  const spare = ["--a", "--c", "--e", "--d", "--f", "--i", "--h", "--g", "--b"];
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  let colours = {};
  const readColours = () => {
    for (const n of ["--land", "--sea", "--frontier", "--ink", "--soft", "--bg", "--accent", "--halo", ...spare]) colours[n] = css(n);
  };
  // Values by how many links have them; those without a colour of their own get hues that go round the circle.
  const counted = (by) => {
    const n = new Map();
    for (const l of data.links) n.set(l[by], (n.get(l[by]) || 0) + 1);
    return [...n].sort((a, b) => b[1] - a[1]);
  };
  const scaleOf = (by) => {
    const scale = { ...(scales[by] || {}) };
    counted(by).forEach(([value], i) => { scale[value] ??= spare[i] || `hsl(${(i * 137) % 360} 55% 45%)`; });
    return scale;
  };
  const ink = (value) => (value.startsWith("--") ? colours[value] : value);
  // Links of several modes between the same two places are drawn side by side; what is not open lies on top.
  const pairs = new Map();
  for (const l of data.links) {
    const pair = [l.from_node, l.to_node].sort().join(" ");
    pairs.set(pair, [...(pairs.get(pair) || []), l]);
  }
  for (const of of pairs.values()) of.forEach((l, i) => { l.aside = i - (of.length - 1) / 2; });
  const layer = { sea: 0, road: 1, rail: 2 };
  const order = [...data.links].sort((p, q) => (p.status !== "open") - (q.status !== "open") || (layer[p.mode] ?? 0) - (layer[q.mode] ?? 0));
  let scale = scaleOf("mode");
  const chosen = () => (state.corridor ? new Set(data.corridors.find((c) => c.key === state.corridor).links) : null);
  let corridor = null;
  const shown = (l) => !state.off.has(l.mode);

  const px = (x) => (x - view.x) * view.k + canvas.clientWidth / 2;
  const py = (my) => (my - view.y) * view.k + canvas.clientHeight / 2;

  function trace(rows, close) {
    ctx.beginPath();
    for (const row of rows) {
      for (let i = 0; i < row.length; i += 2) {
        const x = px(row[i]), y = py(row[i + 1]);
        i ? ctx.lineTo(x, y) : ctx.moveTo(x, y);
      }
      if (close) ctx.closePath();
    }
  }

  function draw() {
    const r = window.devicePixelRatio || 1, w = canvas.clientWidth, h = canvas.clientHeight;
    if (canvas.width !== w * r || canvas.height !== h * r) { canvas.width = w * r; canvas.height = h * r; }
    ctx.setTransform(r, 0, 0, r, 0, 0);
    ctx.fillStyle = colours["--sea"]; ctx.fillRect(0, 0, w, h);
    trace(base.land, true); ctx.fillStyle = colours["--land"]; ctx.fill("evenodd");
    trace(base.water, true); ctx.fillStyle = colours["--sea"]; ctx.fill();
    ctx.strokeStyle = colours["--frontier"]; ctx.lineWidth = 1;
    trace(base.borders, false); ctx.stroke();
    ctx.setLineDash([4, 3]); trace(base.disputed, false); ctx.stroke(); ctx.setLineDash([]);
    ctx.lineCap = "round";
    const thick = Math.max(1.2, Math.min(3.2, Math.log2(view.k) * 0.55));
    for (const l of order) if (shown(l) && l !== state.picked) line(l, thick);
    if (state.picked && state.picked.link) line(state.picked, thick + 3);
    dots();
  }

  function line(l, thick) {
    const a = nodes.get(l.from_node), b = nodes.get(l.to_node);
    if (dateLine(l, a, b)) return;
    const on = !corridor || corridor.has(l.link);
    ctx.globalAlpha = on ? 1 : 0.16;
    ctx.strokeStyle = l === state.picked ? colours["--accent"] : ink(scale[l[state.by]]);
    ctx.lineWidth = corridor && on ? thick + 1.6 : l.mode === "sea" ? thick * 0.7 : thick;
    ctx.setLineDash(l.status !== "open" ? [6, 4] : l.contested ? [10, 3, 2, 3] : []);
    const [x, y, u, v] = ends(l, a, b, thick);
    ctx.beginPath(); ctx.moveTo(x, y); ctx.lineTo(u, v); ctx.stroke();
    ctx.setLineDash([]); ctx.globalAlpha = 1;
  }

  // Where a link is drawn: aside of its like by its own width, the same side whichever way it is written.
  function ends(l, a, b, thick) {
    const x = px(a.x), y = py(a.my), u = px(b.x), v = py(b.my), long = Math.hypot(u - x, v - y) || 1;
    const by = l.aside * (thick + 1) * (l.from_node < l.to_node ? 1 : -1), dx = (-(v - y) / long) * by, dy = ((u - x) / long) * by;
    return [x + dx, y + dy, u + dx, v + dy];
  }

  const rank = { port: 0, dry_port: 1, border: 2, city: 3, station: 4 };
  const ordered = [...data.nodes].filter((n) => !n.node.startsWith("xz-")).sort((p, q) => (p.handles ? 0 : 9) + (rank[p.kind] ?? 5) - (q.handles ? 0 : 9) - (rank[q.kind] ?? 5));
  function dots() {
    const used = [], font = 11;
    ctx.font = `${font}px system-ui, "Noto Sans", "DejaVu Sans", sans-serif`;
    for (const n of ordered) {
      const x = px(n.x), y = py(n.my);
      if (x < -50 || y < -20 || x > canvas.clientWidth + 50 || y > canvas.clientHeight + 20) continue;
      if (view.k < 22 && !n.handles && n !== state.picked) continue;
      ctx.beginPath(); ctx.arc(x, y, n === state.picked ? 6 : n.handles ? 3 : 2, 0, 7);
      ctx.fillStyle = n === state.picked ? colours["--accent"] : scale.assumption && n.confidence === "assumption" ? colours["--d"] : colours["--ink"];
      ctx.fill();
      if (view.k < 14 && n !== state.picked) continue;
      const width = ctx.measureText(n.name).width, box = [x + 5, y - 7, x + 8 + width, y + 7];
      if (n !== state.picked && used.some((u) => u[0] < box[2] && box[0] < u[2] && u[1] < box[3] && box[1] < u[3])) continue;
      used.push(box);
      ctx.lineWidth = 3; ctx.strokeStyle = colours["--halo"]; ctx.strokeText(n.name, x + 6, y + 4);
      ctx.fillStyle = colours["--ink"]; ctx.fillText(n.name, x + 6, y + 4);
    }
  }
  let asked = false;
  const redraw = () => { if (!asked) { asked = true; requestAnimationFrame(() => { asked = false; draw(); }); } };

  // --- what is under the pointer
  function hit(x, y) {
    let best = null, least = 9;
    for (const n of data.nodes) {
      if (view.k < 22 && !n.handles) continue;
      const d = Math.hypot(px(n.x) - x, py(n.my) - y) - 3;
      if (d < least) { least = d; best = n; }
    }
    if (best && least < 4) return best;
    for (const l of data.links) {
      if (!shown(l)) continue;
      const a = nodes.get(l.from_node), b = nodes.get(l.to_node);
      if (dateLine(l, a, b)) continue;
      const [ax, ay, u, v] = ends(l, a, b, 3), bx = u - ax, by = v - ay, q = bx * bx + by * by;
      const t = q ? Math.max(0, Math.min(1, ((x - ax) * bx + (y - ay) * by) / q)) : 0;
      const d = Math.hypot(ax + t * bx - x, ay + t * by - y);
      if (d < least) { least = d; best = l; }
    }
    return best;
  }

  // --- the panel
  const el = (tag, content, attributes = {}) => {
    const made = document.createElement(tag);
    for (const [k, v] of Object.entries(attributes)) k === "onclick" ? (made.onclick = v) : made.setAttribute(k, v);
    for (const c of [content].flat()) if (c != null) made.append(c);
    return made;
  };
  const apart = new Set(["source", "confidence", "known_on", "note", "x", "y", "my", "name"]);
  function values(row) {
    const list = el("dl", []);
    for (const [k, v] of Object.entries(row)) {
      if (apart.has(k)) continue;
      const unit = data.units[k] ? ` ${data.units[k]}` : "";
      const said = nodes.has(v) && k !== "node" ? go(v, nodes.get(v)) : String(v).replaceAll(";", "; ") + unit;
      list.append(el("dt", k), el("dd", said));
    }
    return list;
  }
  const go = (word, row) => el("button", word, { class: "go", type: "button", onclick: () => pick(row, true) });
  function origin(row) {
    const made = [el("p", `Confidence: ${row.confidence}; known since ${row.known_on}.`)];
    if (row.note) made.push(el("p", row.note));
    for (const key of (row.source || "").split(";")) {
      const s = data.sources[key];
      if (!s) { made.push(el("p", key === "assumption" ? "No source: an assumption." : key)); continue; }
      const where = /^https?:/.test(s[3]) ? el("a", s[3], { href: s[3], rel: "noreferrer", target: "_blank" }) : s[3];
      made.push(el("p", [`${s[0]}. ${s[1]}, ${s[2].replace(/[.]$/, "")}. `, where]));
    }
    return el("div", made, row.source === "assumption" ? { class: "assumption" } : {});
  }
  const closing = () => el("button", "×", { class: "shut", type: "button", "aria-label": "Close", onclick: () => pick(null) });
  function pick(row, move) {
    state.picked = row;
    panel.replaceChildren();
    if (!row) { history.replaceState(null, "", location.pathname); redraw(); return; }
    const key = row.node || row.link;
    history.replaceState(null, "", `#${encodeURIComponent(key)}`);
    const title = row.name || `${nodes.get(row.from_node).name} - ${nodes.get(row.to_node).name}`;
    panel.append(closing(), el("h2", title), values(row), origin(row));
    if (row.link) {
      const of = data.corridors.filter((c) => c.links.includes(row.link));
      if (of.length) panel.append(el("h3", "Corridors"), el("p", of.map((c) => c.name).join("; ")));
    } else {
      for (const [table, rows] of Object.entries(data.at[key] || {})) {
        panel.append(el("h3", table));
        for (const r of rows) {
          const name = r.operation || [r.name, r.measure, r.value].filter(Boolean).join(" ");
          panel.append(el("details", [el("summary", name), values(r), origin(r)]));
        }
      }
      const meet = data.links.filter((l) => l.from_node === key || l.to_node === key);
      if (meet.length) panel.append(el("h3", "links"), ...meet.map((l) => el("p", go(l.link, l))));
    }
    $("aside").scrollTop = 0;
    if (move) centre(row);
    redraw();
  }
  function centre(row) {
    const ends = row.node ? [row] : [nodes.get(row.from_node), nodes.get(row.to_node)];
    fit(ends, row.node ? 60 : 0);
  }
  function fit(places, most = 0) {
    const xs = places.map((n) => n.x), ys = places.map((n) => n.my);
    const [w, e, n, s] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    view.x = (w + e) / 2; view.y = (n + s) / 2;
    // The controls and the panel cover the sides of a wide window, and the top and bottom of a narrow one.
    const wide = canvas.clientWidth > 700;
    const free = [canvas.clientWidth - (wide ? 620 : 40), canvas.clientHeight - (wide ? 120 : 420)].map((x) => Math.max(x, 120));
    const k = Math.min(free[0] / (e - w || 0.01), free[1] / (s - n || 0.01));
    view.k = Math.max(2.2, Math.min(most || 220, k));
    redraw();
  }

  // --- controls
  function legend() {
    const all = counted(state.by), most = 16;
    const rows = all.slice(0, most).map(([value, n]) => {
      const i = el("i", []); i.style.borderColor = scale[value].startsWith("--") ? `var(${scale[value]})` : scale[value];
      return el("li", [i, `${value.replaceAll("_", " ")} (${n})`]);
    });
    const rest = all.slice(most);
    if (rest.length) rows.push(el("li", `and ${rest.length} more (${rest.reduce((sum, [, n]) => sum + n, 0)})`));
    const dash = el("i", []); dash.style.borderTopStyle = "dashed";
    $("legend").replaceChildren(...rows, el("li", [dash, "not open"]));
  }
  for (const [mode, name] of Object.entries(data.modes)) {
    const box = el("input", [], { type: "checkbox", value: mode }); box.checked = true;
    box.onchange = () => { box.checked ? state.off.delete(mode) : state.off.add(mode); redraw(); };
    $("modes").append(el("label", [box, name]));
  }
  const option = (value, said) => el("option", said, { value });
  for (const c of data.corridors) $("corridor").append(option(c.key, c.name));
  for (const c of [...new Set(data.nodes.map((n) => n.country))].sort()) $("country").append(option(c, c));
  for (const n of data.nodes) $("names").append(option(n.name, n.node));
  $("by").onchange = () => { state.by = $("by").value; scale = scaleOf(state.by); legend(); redraw(); };
  $("corridor").onchange = () => {
    state.corridor = $("corridor").value; corridor = chosen();
    if (!corridor) return redraw();
    const c = data.corridors.find((d) => d.key === state.corridor);
    state.picked = null;
    panel.replaceChildren(closing(), el("h2", c.name), el("p", c.description), origin(c));
    fit(c.links.flatMap((k) => [nodes.get(links.get(k).from_node), nodes.get(links.get(k).to_node)]));
  };
  $("country").onchange = () => {
    const of = data.nodes.filter((n) => n.country === $("country").value);
    if (of.length) fit(of, 90);
  };
  const plain = (t) => t.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  $("controls").onsubmit = (e) => { e.preventDefault(); find(); };
  $("find").onchange = () => find();
  function find() {
    const asked = plain($("find").value.trim());
    if (!asked) return;
    const exact = data.nodes.find((n) => n.node === asked || plain(n.name) === asked) || links.get(asked)
      || data.nodes.find((n) => plain(`${n.name};${n.also_known_as || ""}`).split(";").includes(asked))
      || data.nodes.find((n) => plain(n.name).startsWith(asked)) || data.links.find((l) => l.link.includes(asked));
    $("find").setCustomValidity(exact ? "" : "No place or link goes by that name.");
    exact ? pick(exact, true) : $("find").reportValidity();
  }

  // --- moving about
  const zoom = (factor, x, y) => {
    const k = Math.max(2.2, Math.min(900, view.k * factor));
    view.x += (x - canvas.clientWidth / 2) * (1 / view.k - 1 / k);
    view.y += (y - canvas.clientHeight / 2) * (1 / view.k - 1 / k);
    view.k = k; redraw();
  };
  canvas.addEventListener("wheel", (e) => { e.preventDefault(); zoom(Math.exp(-e.deltaY * 0.0015), e.clientX, e.clientY); }, { passive: false });
  const held = new Map();
  let moved = 0, apartPx = 0;
  canvas.addEventListener("pointerdown", (e) => { held.set(e.pointerId, e); moved = 0; apartPx = 0; canvas.setPointerCapture(e.pointerId); });
  canvas.addEventListener("pointermove", (e) => {
    const last = held.get(e.pointerId);
    if (!last) { canvas.style.cursor = hit(e.clientX, e.clientY) ? "pointer" : "grab"; return; }
    moved += Math.abs(e.clientX - last.clientX) + Math.abs(e.clientY - last.clientY);
    if (held.size === 1) { view.x -= (e.clientX - last.clientX) / view.k; view.y -= (e.clientY - last.clientY) / view.k; redraw(); }
    held.set(e.pointerId, e);
    if (held.size === 2) {
      const [p, q] = [...held.values()], now = Math.hypot(p.clientX - q.clientX, p.clientY - q.clientY);
      if (apartPx) zoom(now / apartPx, (p.clientX + q.clientX) / 2, (p.clientY + q.clientY) / 2);
      apartPx = now;
    }
  });
  const let_go = (e) => { held.delete(e.pointerId); apartPx = 0; };
  canvas.addEventListener("pointerup", (e) => { let_go(e); if (moved < 5) pick(hit(e.clientX, e.clientY)); });
  canvas.addEventListener("pointercancel", let_go);
  canvas.addEventListener("keydown", (e) => {
    const step = 60 / view.k, w = canvas.clientWidth / 2, h = canvas.clientHeight / 2;
    const act = { ArrowLeft: () => (view.x -= step), ArrowRight: () => (view.x += step), ArrowUp: () => (view.y -= step),
      ArrowDown: () => (view.y += step), "+": () => zoom(1.4, w, h), "=": () => zoom(1.4, w, h), "-": () => zoom(1 / 1.4, w, h),
      Escape: () => pick(null) }[e.key];
    if (act) { e.preventDefault(); act(); redraw(); }
  });
  window.addEventListener("resize", redraw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColours(); redraw(); });

  readColours(); legend();
  const wanted = decodeURIComponent(location.hash.slice(1));
  const first = nodes.get(wanted) || links.get(wanted);
  const asks = new URLSearchParams(location.search);
  for (const name of ["by", "corridor", "country"]) {
    if (asks.has(name) && [...$(name).options].some((o) => o.value === asks.get(name))) { $(name).value = asks.get(name); $(name).onchange(); }
  }
  if (first) pick(first, true);
  draw();
  document.documentElement.dataset.ready = "yes";
})();
