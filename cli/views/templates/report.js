"use strict";
// Draws the hall, row, rack, node or switch that the address names: #hall/h1, #row/h1/r1, #rack/h1/gpu-01, #node/gpu-01-n1.
// Everything written comes from the file's own table and goes in as text.
(() => {
  const at = (id) => document.getElementById(id);
  const MOST = 1500; // racks of a hall that are drawn; of a larger one the rows are
  let site; // the table, once it was asked for

  async function table() {
    const text = atob(at("data").textContent);
    const bytes = new Uint8Array(text.length);
    for (let n = 0; n < text.length; n += 1) bytes[n] = text.charCodeAt(n);
    const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(plain).text());
  }

  const named = (kind, row) => Object.fromEntries(site.fields[kind].map((field, n) => [field, row[n]]));
  const rack = (key) => named("rack", site.racks[key]);

  function make(tag, attributes = {}, ...inside) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "style") Object.assign(element.style, value);
      else if (value !== null && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...inside.filter((it) => it !== null && it !== undefined && it !== ""));
    return element;
  }

  const link = (kind, name, text) => make("a", { href: `#${kind}/${name}` }, text ?? name);
  const short = (key) => key.slice(key.lastIndexOf("/") + 1);
  const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
  const broken = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const number = (n) => (Math.abs(n) >= 100 || Number.isInteger(n) ? whole.format(n) : broken.format(Number(n.toFixed(1))));
  const figure = (n, unit) => (n === null || n === undefined ? "unknown" : `${number(n)} ${unit}`);
  const count = (n, noun) => `${whole.format(n)} ${noun}${n === 1 ? "" : "s"}`;
  const atLeast = (kw, unknown) => (unknown ? "≥ " : "") + figure(kw, "kW");
  const bad = (states) => (states.failed ?? 0) + (states.quarantined ?? 0);
  const tone = (state) =>
    state === "in service" ? "good" : state === "failed" || state === "quarantined" ? "bad" : !state || state === "expected" ? "" : "warn";
  const told = (states) => Object.entries(states).map(([state, n]) => make("span", { class: `state ${tone(state)}` }, `${state} ${whole.format(n)}`));
  const spaced = (parts) => parts.flatMap((part, n) => (n ? [" ", part] : [part]));
  const loadTone = (it) => (it.draw_kw > it.max_kw ? "bad" : it.draw_kw > 0.8 * it.max_kw ? "warn" : "good");

  function sum(keys) {
    const all = { draw_kw: 0, max_kw: 0, unknown: 0, accelerators: 0, states: {} };
    for (const it of keys.map(rack)) {
      for (const field of ["draw_kw", "max_kw", "unknown", "accelerators"]) all[field] += it[field];
      for (const [state, n] of Object.entries(it.states)) all.states[state] = (all.states[state] ?? 0) + n;
    }
    return all;
  }

  function grid(head, rows) {
    const cells = (tag, row) => make("tr", {}, ...row.map((cell, n) => make(tag, { class: head[n].startsWith(">") ? "right" : null }, ...[cell].flat())));
    const body = make("tbody", {}, ...rows.map((row) => cells("td", row)));
    return make("div", { class: "scroll" }, make("table", {}, make("thead", {}, cells("th", head.map((it) => it.replace(">", "")))), body));
  }

  function facts(rows) {
    const known = rows.filter(([, value]) => value !== null && value !== undefined && value !== "");
    return make("dl", {}, ...known.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, ...[value].flat())]));
  }

  // one function for each kind of thing: its way down from the site, its heading, what is shown
  const views = {
    hall: (name) => {
      const it = site.halls[name];
      if (!it) return null;
      const drawn = Object.values(it.rows).flat().length <= MOST;
      const rows = Object.entries(it.rows).map(([row, keys]) =>
        make("div", { class: "floor-row" }, link("row", `${name}/${row}`, row), drawn ? make("div", { class: "spots" }, ...keys.map((key) => spot(key, shared(keys)))) : totals(keys)));
      return { way: [], title: `Hall ${name}`, body: [facts([["IT", `${atLeast(it.draw_kw, it.unknown)} of ${figure(it.it_kw, "kW")}`], ["accelerators", whole.format(it.accelerators)]]), legend(), make("div", { class: "floor" }, ...rows)] };
    },

    row: (path) => {
      const [hall, name] = [path.slice(0, path.indexOf("/")), path.slice(path.indexOf("/") + 1)];
      const keys = site.halls[hall]?.rows[name];
      if (!keys) return null;
      const lines = keys.map((key) => {
        const it = rack(key);
        return [whole.format(it.slot), link("rack", key, short(key)), it.type, `${atLeast(it.draw_kw, it.unknown)} of ${figure(it.max_kw, "kW")}`, whole.format(it.accelerators), it.cooling ? short(it.cooling) : "air", spaced(told(it.states))];
      });
      return { way: [["hall", hall]], title: `Row ${name}`, body: [totals(keys), grid([">place", "rack", "type", ">load", ">accelerators", "cooling", "nodes"], lines)] };
    },

    rack: (key) => {
      if (!site.racks[key]) return null;
      const it = rack(key);
      const slots = it.slots.map((row) => named("slot", row));
      const unknown = it.unknown ? `, ${count(it.unknown, "device")} of unknown draw` : "";
      return {
        way: [["hall", it.hall], ["row", `${it.hall}/${it.row}`, `row ${it.row}`]],
        title: `Rack ${short(key)}`,
        body: [
          facts([["type", `${it.type}, ${it.height} ${it.unit}, place ${it.slot}`], ["load", `${atLeast(it.draw_kw, it.unknown)} of ${figure(it.max_kw, "kW")}${unknown}`], ["weight", `${it.unweighed ? "≥ " : ""}${figure(it.weight_kg, "kg")} of ${figure(it.max_kg, "kg")}${it.unweighed ? `, ${count(it.unweighed, "device")} of unknown weight` : ""}`], ["cooling", it.cooling ?? "air of the hall"], ["declared", make("code", {}, it.where)]]),
          make("div", { class: "sides" }, side("Front", it, slots, front), side("Rear", it, slots, rear)),
          beside(slots),
          it.pdus.length ? grid(["rack PDU", "feed", ">can carry", ">outlets used", "address"], it.pdus.map(([name, feed, limit, outlets, address]) => [name, feed, figure(limit, "kW"), whole.format(outlets), make("code", {}, address)])) : null,
        ],
      };
    },

    node: (name) => {
      if (!site.nodes[name]) return null;
      const it = named("node", site.nodes[name]);
      const home = rack(it.rack);
      const top = it.height > 1 ? `-${it.position + it.height - 1}` : "";
      const nics = it.nics.map((row) => named("nic", row));
      return {
        way: [["hall", home.hall], ["row", `${home.hall}/${home.row}`, `row ${home.row}`], ["rack", it.rack, `rack ${short(it.rack)}`]],
        title: `Node ${name}`,
        body: [
          facts([
            ["state", it.state ? [make("span", { class: `state ${tone(it.state)}` }, it.state), it.since ? ` since ${it.since.replace("T", " ")} UTC` : ""] : null],
            ["reason", it.reason], ["place", `${it.rack} ${home.unit} ${it.position}${top}`], ["is", `${it.is}, ${it.arch}, serial ${it.serial ?? "unknown"}`],
            ["accelerators", it.accelerators], ["has", [it.cores ? count(it.cores, "core") : "", it.memory_gib ? figure(it.memory_gib, "GiB") : ""].filter(Boolean).join(", ")],
            ["profile", it.profile], ["power", `draw ${figure(it.draw_kw, "kW")}${it.power_cap_w ? `, cap ${it.power_cap_w} W` : ""}`],
            ["BMC", make("code", {}, it.bmc ?? "none")], ["image", it.image && make("code", {}, it.image)], ["firmware", it.firmware],
            ["never with", Object.entries(it.apart).map(([kind, where]) => `${kind} ${where}`).join(", ")], ["declared", make("code", {}, it.where)],
          ]),
          grid(["interface", "fabric", "address", "MAC", ">MTU", "other end", "cable"], nics.map((nic) => [nic.name, nic.fabric, make("code", {}, nic.address ?? "none"), make("code", {}, nic.mac || "unknown"), String(nic.mtu), other(nic.peer), nic.cable ?? ""])),
          it.evidence.length ? evidence(it.evidence) : make("p", { class: "soft" }, "No evidence was measured yet."),
        ],
      };
    },

    switch: (name) => {
      if (!site.switches[name]) return null;
      const it = named("switch", site.switches[name]);
      const home = rack(it.rack);
      return {
        way: [["hall", home.hall], ["row", `${home.hall}/${home.row}`, `row ${home.row}`], ["rack", it.rack, `rack ${short(it.rack)}`]],
        title: `Switch ${name}`,
        body: [
          facts([["is", `${it.device}, ${it.tier} of the ${it.fabric} fabric`], ["BGP", it.asn ? `AS ${it.asn}, loopback ${it.loopback}` : null], ["management", make("code", {}, it.management)], ["declared", make("code", {}, it.where)]]),
          grid(["port", "address", "other end", "cable"], it.ports.map(([port, address, peer, cable]) => [port, make("code", {}, address ?? ""), other(peer), cable ?? ""])),
        ],
      };
    },
  };

  function legend() {
    return make("p", { class: "soft" }, "Each box is a rack with its kW, filled by what it draws of what it may: green up to 80 %, then amber, red above it; dashed where a draw is unknown, ! where a node failed.");
  }

  function totals(keys) {
    const all = sum(keys);
    return make("p", {}, `${count(keys.length, "rack")}, ${atLeast(all.draw_kw, all.unknown)} of ${figure(all.max_kw, "kW")}, ${count(all.accelerators, "accelerator")} `, ...spaced(told(all.states)));
  }

  // what the names of a row's racks begin with: its label says it already
  function shared(keys) {
    const [first, ...rest] = keys.map(short);
    let length = rest.length ? first.length : 0;
    for (const name of rest) while (!name.startsWith(first.slice(0, length))) length -= 1;
    return first.slice(0, length).lastIndexOf("-") + 1;
  }

  function spot(key, begin) {
    const it = rack(key);
    const states = Object.entries(it.states).map(([state, n]) => `${state} ${n}`).join(", ") || "no node";
    const title = `${key}: ${atLeast(it.draw_kw, it.unknown)} of ${figure(it.max_kw, "kW")}, ${states}`;
    const box = { class: `spot ${loadTone(it)}${it.unknown ? " unknown" : ""}`, href: `#rack/${key}`, title, "aria-label": title, style: { flex: `${it.width_mm} 1 0`, maxWidth: `${it.width_mm / 100}rem` } };
    return make("a", box, `${short(key).slice(begin)}${bad(it.states) ? " !" : ""}`, make("br"), number(it.draw_kw));
  }

  // one side of a rack: units from the top down, a device spans its own
  function side(title, it, slots, tell) {
    const units = Math.max(it.height, ...slots.map((slot) => slot.bottom + Math.max(slot.height, 1) - 1));
    const frame = make("div", { class: "frame", style: { gridTemplateRows: `repeat(${units}, 1.25rem)` } });
    for (let unit = 1; unit <= units; unit += 1) frame.append(make("span", { class: "unit", style: { gridRow: units - unit + 1, gridColumn: 1 } }, String(unit)));
    for (const slot of slots.filter((one) => one.bottom)) {
      const tall = Math.max(Math.ceil(slot.height), 1);
      const box = tell(slot);
      box.style.gridRow = `${units - slot.bottom - tall + 2} / span ${tall}`;
      box.style.gridColumn = "2";
      frame.append(box);
    }
    return make("div", { class: "side" }, make("h4", {}, `${title} (${it.unit})`), frame);
  }

  function front(slot) {
    const draw = slot.draw_kw === null ? "draw unknown" : figure(slot.draw_kw, "kW");
    const leads = slot.kind === "equipment" ? null : `#${slot.kind}/${slot.name}`;
    return make(leads ? "a" : "span", { class: `slot ${tone(slot.state)}`, href: leads, title: slot.device }, make("b", {}, slot.name), make("span", {}, draw), make("span", {}, slot.state));
  }

  function rear(slot) {
    const inlets = Object.entries(slot.inlets).map(([pdu, n]) => (n > 1 ? `${pdu} x ${n}` : pdu)).join(", ");
    const half = slot.full_depth ? {} : { width: "50%" };
    return make("span", { class: "slot", title: slot.name, style: half }, make("span", {}, inlets || "no inlet"), make("span", {}, slot.cables ? count(slot.cables, "cable") : ""), make("span", { class: "soft" }, `air ${slot.airflow ?? "unknown"}`));
  }

  function beside(slots) {
    const names = slots.filter((slot) => !slot.bottom);
    return names.length ? make("p", {}, "Beside the units: ", ...spaced(names.map((slot) => link(slot.kind, slot.name)))) : null;
  }

  function other(peer) {
    if (!peer) return "";
    const name = peer.slice(0, peer.indexOf(" "));
    const kind = site.nodes[name] ? "node" : site.switches[name] ? "switch" : "";
    return kind ? [link(kind, name), peer.slice(name.length)] : peer;
  }

  function evidence(rows) {
    const lines = rows.map(([check, observed, ok, simulated, when]) => {
      const [name, expected, unit] = site.checks[check];
      const seen = observed === null ? "absent" : typeof observed === "object" ? JSON.stringify(observed) : String(observed);
      return [`${name}${simulated ? " (simulated)" : ""}`, `${seen} ${unit}`, expected, make("span", { class: `state ${ok ? "good" : "bad"}` }, ok ? "passed" : "failed"), when.replace("T", " ")];
    });
    return grid(["check", ">measured", "threshold", "verdict", "when (UTC)"], lines);
  }

  function crumbs(way, title) {
    const home = make("a", { href: "#look" }, "site");
    at("crumbs").replaceChildren(home, ...way.map(([kind, path, text]) => make("span", {}, link(kind, path, text ?? `${kind} ${path}`))), make("span", { "aria-current": "page" }, title));
  }

  const home = [...at("view").childNodes]; // the halls, as they stand in the file
  let up = "#look"; // where Escape leads

  async function show() {
    const [, kind, name] = /^#(hall|row|rack|node|switch)\/(.+)$/.exec(decodeURIComponent(location.hash)) ?? [];
    if (!kind && location.hash !== "#look") return; // a part of the page, not of the site
    if (kind) site ??= await table();
    const it = kind ? views[kind](name) : null;
    const heading = it ? make("h3", { tabindex: "-1" }, it.title) : home.find((one) => one.tagName === "H3");
    at("view").replaceChildren(...(it ? [heading, ...it.body.filter(Boolean)] : home));
    if (kind && !it) at("view").prepend(make("p", { role: "alert" }, `There is no ${kind} ${name}.`));
    crumbs(it?.way ?? [], it?.title ?? "Halls");
    const last = it?.way.at(-1);
    up = last ? `#${last[0]}/${last[1]}` : "#look";
    at("look").scrollIntoView();
    heading.focus({ preventScroll: true });
  }

  async function find() {
    site ??= await table();
    const text = at("find").value.trim().toLowerCase();
    const found = [];
    for (const [kind, things] of [["node", site.nodes], ["rack", site.racks], ["switch", site.switches]]) {
      for (const name of text ? Object.keys(things) : []) {
        if (found.length < 20 && name.toLowerCase().includes(text)) found.push(make("li", {}, link(kind, name)));
      }
    }
    at("found").replaceChildren(...found);
  }

  addEventListener("hashchange", show);
  addEventListener("keydown", (event) => {
    if (event.target === at("find")) {
      if (event.key === "Escape") at("found").replaceChildren();
      if (event.key === "Enter") at("found").querySelector("a")?.click();
    } else if (event.key === "Escape" && location.hash.includes("/")) location.hash = up;
  });
  at("find").addEventListener("input", find);
  at("app").hidden = false;
  crumbs([], "Halls");
  show();
  document.documentElement.setAttribute("data-ready", "");
})();
