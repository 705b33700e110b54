"use strict";
// Beside the map: the figures, the filters, the list, and the legend that is the layer control.
Mangqu.list = (() => {
  const { data, texts, element, words, layers, card } = Mangqu;
  const { t } = texts;
  const { map } = layers;
  // on a phone the legend and the figures follow the list, which must therefore come to an end
  const PHONE = matchMedia("(max-width: 600px)");
  const BATCH = PHONE.matches ? 20 : 80, PRINTED = 2000;
  const SVG = "http://www.w3.org/2000/svg";
  const byName = (id) => document.getElementById(`mq-${id}`);

  function swatchOf(style, isLine) {
    const svg = document.createElementNS(SVG, "svg");
    const shape = document.createElementNS(SVG, isLine ? "path" : "rect");
    const { plain, ...drawn } = style;
    const attributes = {
      ...(isLine ? { d: "M1 8H25", fill: "none" } : { x: 1, y: 1, width: 24, height: 14, rx: 2, fill: drawn.fill === false ? "none" : drawn.fillColor, "fill-opacity": drawn.fillOpacity }),
      stroke: drawn.color, "stroke-width": isLine ? drawn.weight || 2 : 1.5, "stroke-dasharray": drawn.dashArray || "none",
    };
    for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, value);
    for (const [name, value] of Object.entries({ class: "mq-swatch", viewBox: "0 0 26 16", width: 26, height: 16, "aria-hidden": "true" })) svg.setAttribute(name, value);
    svg.append(shape);
    return svg;
  }
  const isLaneClass = (name) => name.startsWith("lane_");
  const swatch = (name) => swatchOf(layers.STYLES[name], isLaneClass(name));

  // --- legend ---------------------------------------------------------------------------------
  const slots = [];
  function slot(section, label, layer, drawn, count, on, hint = null) {
    slots.push({ section, label, layer, drawn, count, on, hint });
    if (on !== map.hasLayer(layer)) on ? map.addLayer(layer) : map.removeLayer(layer);
  }
  const counts = new Map(data.classes.map((name) => [name, 0]));
  for (const finding of data.findings) counts.set(finding.class, counts.get(finding.class) + 1);
  for (const name of data.classes) {
    slot(isLaneClass(name) ? "lanes" : "findings", () => texts.label("class", name), layers.groups.get(name),
      () => swatch(name), counts.get(name), name !== "sliver", () => t(`meaning.${name}`));
  }
  for (const [kind, group] of layers.zoneGroups) {
    slot("zones", () => texts.label("zone", kind), group, () => swatchOf(layers.zoneStyle(kind), false),
      data.zones.filter((zone) => zone.kind === kind).length, true);
  }
  for (const matter of layers.claimGroups.keys()) {
    const holder = { made: null };
    slots.push({ section: "claims", label: () => texts.matter(matter), count: layers.claimGroups.get(matter).length,
      drawn: () => swatchOf({ color: "#5b6b79", fill: false }, false), on: layers.claimGroups.size === 1, hint: null,
      get layer() { holder.made = holder.made || layers.claimLayer(matter); return holder.made; } });
    if (layers.claimGroups.size === 1) map.addLayer(slots[slots.length - 1].layer);
  }
  slot("base", () => t("map.legend.jurisdiction"), layers.jurisdiction, () => swatchOf({ color: "#3c4650", fill: false }, false), null, true);
  if (layers.basemap) slot("base", () => t("map.legend.basemap"), layers.basemap, () => null, null, true);
  const sliverSlot = slots.find((entry) => entry.layer === layers.groups.get("sliver"));

  function turn(entry, on) {
    entry.on = on;
    on ? map.addLayer(entry.layer) : map.removeLayer(entry.layer);
    layers.placeAll();
  }

  function showLegend() {
    const sections = ["findings", "lanes", "zones", "claims", "base"].map((section) => {
      const members = slots.filter((entry) => entry.section === section);
      return members.length ? element("fieldset", {}, element("legend", {}, t(`map.legend.${section}`)),
        ...members.map((entry) => element("label", { class: entry.count === 0 ? "mq-layer mq-none" : "mq-layer", title: entry.hint && entry.hint() },
          element("input", { type: "checkbox", checked: entry.on, onchange: (event) => {
            turn(entry, event.target.checked);
            if (entry === sliverSlot) { byName("slivers").checked = entry.on; apply(); }
          } }),
          entry.drawn(), element("span", { class: "mq-layer-name" }, words(entry.label())),
          entry.count === null ? null : element("span", { class: "mq-layer-count" }, texts.count(entry.count))))) : null;
    });
    byName("legend").replaceChildren(...sections.filter(Boolean));
  }

  // --- figures --------------------------------------------------------------------------------
  const worstFirst = [...data.questions].sort((a, b) => b.gap_m2 - a.gap_m2 || b.contested_m2 - a.contested_m2);

  function figure(key, value) {
    return element("div", {}, element("dt", {}, t(key)), element("dd", {}, value));
  }
  // problems, jointly held places, lanes and slivers are told apart wherever findings are counted
  function tally(findings) {
    const numbers = new Map(data.kinds.map((kind) => [kind, 0]));
    for (const finding of findings) numbers.set(finding.kind, numbers.get(finding.kind) + 1);
    return numbers;
  }
  function tallied(findings) {
    return [...tally(findings)].filter(([, number]) => number > 0)
      .map(([kind, number]) => t(`map.list.${kind}`, { count: texts.count(number) })).join(t("map.list.comma"));
  }

  function showFigures() {
    const numbers = tally(data.findings);
    const total = data.questions.length ? data.questions[0].jurisdiction_m2 : null;
    const head = element("dl", { class: "mq-headline" }, figure("map.figures.jurisdiction", texts.area(total)),
      ...data.kinds.map((kind) => figure(`map.figures.${kind}`, texts.count(numbers.get(kind)))));
    const levels = new Set(data.questions.map((question) => question.level)).size > 1;
    const table = element("table", {},
      element("thead", {}, element("tr", {}, ...["matter", "gap", "share", "contested"].map((key) => element("th", { scope: "col" }, t(`map.figures.${key}`))))),
      element("tbody", {}, ...worstFirst.map((question) => element("tr", {},
        element("th", { scope: "row" }, words(texts.matter(question.matter)), levels && question.level ? element("small", {}, ` ${texts.label("level", question.level)}`) : null),
        element("td", {}, texts.area(question.gap_m2)), element("td", {}, texts.share(question.gap_m2, question.jurisdiction_m2)),
        element("td", {}, texts.area(question.contested_m2))))));
    const residual = Math.max(0, ...data.questions.map((question) => Math.abs(question.residual_m2 || 0)));
    byName("figures").replaceChildren(head, element("div", { class: "mq-scroll", tabindex: 0, role: "group", "aria-labelledby": "mq-figures-title" }, table),
      element("p", { class: "mq-small mq-checked" }, t("map.figures.identity", { residual: texts.area(residual) })));
  }

  // --- filters --------------------------------------------------------------------------------
  // a value is "" for any, "-" for none, or "=" and the word itself, which may be anything
  const distinct = (pick) => [...new Set(data.findings.flatMap(pick))];
  const CHOICES = {
    class: { words: data.classes.filter((name) => counts.get(name)), label: (name) => texts.label("class", name), has: (f, name) => f.class === name },
    matter: { words: distinct((f) => [f.matter]), label: texts.matter, has: (f, matter) => f.matter === matter },
    zone: { words: distinct((f) => f.zones), label: (kind) => texts.label("zone", kind), has: (f, kind) => f.zones.includes(kind), none: (f) => f.zones.length === 0 },
    district: { words: distinct((f) => f.districts), label: texts.district, has: (f, district) => f.districts.includes(district) },
  };
  function showFilters() {
    for (const [name, choice] of Object.entries(CHOICES)) {
      const select = byName(`filter-${name}`), chosen = select.value;
      select.replaceChildren(element("option", { value: "" }, t("map.filter.any", { what: t(`map.filter.${name}`) })),
        ...choice.words.map((word) => element("option", { value: `=${word}` }, choice.label(word))),
        ...(choice.none && choice.words.length ? [element("option", { value: "-" }, t("map.filter.none"))] : []));
      select.value = chosen;
      select.parentElement.hidden = choice.words.length < (choice.none ? 1 : 2);
    }
    byName("slivers").parentElement.hidden = counts.get("sliver") === 0;
  }

  const haystacks = new Map();
  function haystack(finding) {
    if (!haystacks.has(finding)) {
      const bodies = [...finding.bodies, ...(finding.neighbours || []).map(([body]) => body)];
      haystacks.set(finding, [finding.id, card.className(finding), card.subject(finding), finding.reason.zh, finding.reason.en,
        ...bodies, ...bodies.map(texts.body), ...finding.zones.map((kind) => texts.label("zone", kind)), ...finding.districts.map(texts.district)].join("\n").toLowerCase());
    }
    return haystacks.get(finding);
  }

  function kept() {
    const sought = byName("search").value.trim().toLowerCase();
    const chosen = Object.entries(CHOICES).map(([name, choice]) => [choice, byName(`filter-${name}`).value]).filter(([, value]) => value !== "");
    const slivers = byName("slivers").checked || byName("filter-class").value === "=sliver";
    return (finding, onMap) => (onMap || slivers || finding.class !== "sliver")
      && chosen.every(([choice, value]) => (value === "-" ? choice.none(finding) : choice.has(finding, value.slice(1))))
      && (sought === "" || haystack(finding).includes(sought));
  }

  // --- list -----------------------------------------------------------------------------------
  let shown = [], first = 0, last = 0, chosenId = null, onChoose = () => {};
  const list = byName("list"), more = byName("more"), earlier = byName("earlier");

  function line(finding, number) {
    const facts = [card.size(finding), finding.width_m === undefined ? null : `${t("card.width")} ${texts.length(finding.width_m)}`].filter(Boolean);
    const where = finding.districts.map(texts.district), zones = finding.zones.map((kind) => texts.label("zone", kind));
    const button = element("button", { type: "button", "data-finding": finding.id, "aria-current": finding.id === chosenId ? "true" : null, onclick: () => onChoose(finding) },
      swatch(finding.class),
      element("span", { class: "mq-line" }, element("b", {}, card.className(finding)), " ", words(card.subject(finding))),
      element("span", { class: "mq-facts" }, facts.join(" · ")),
      element("span", { class: "mq-where" }, words([...where, ...zones].join(" · "))));
    return element("li", { value: number + 1 }, button);
  }

  // Only a stretch of a long list is on the page: from `first` up to, not including, `last`.
  function stretch(from, to) {
    return shown.slice(from, to).map((finding, offset) => line(finding, from + offset));
  }
  function renderFrom(place) {
    first = Math.max(0, place);
    last = first;
    list.replaceChildren();
    renderMore();
  }
  function renderMore() {
    const end = Math.min(shown.length, last + BATCH);
    list.append(...stretch(last, end));
    last = end;
    more.hidden = last >= shown.length;
    earlier.hidden = first === 0;
  }
  function renderEarlier() {
    const start = Math.max(0, first - BATCH);
    list.prepend(...stretch(start, first));
    first = start;
    earlier.hidden = first === 0;
  }

  function apply() {
    const keep = kept();
    shown = data.findings.filter((finding) => keep(finding, false));
    layers.filter((finding) => keep(finding, true));
    renderFrom(0);
    const countable = data.findings.filter((finding) => finding.class !== "sliver" || byName("slivers").checked);
    byName("count").textContent = shown.length === 0 ? t(data.findings.length ? "map.list.none" : "map.list.none_at_all")
      : shown.length >= countable.length ? tallied(shown) : t("map.list.count_of", { count: tallied(shown), total: tallied(countable) });
    for (const step of ["previous", "next"]) byName(step).disabled = shown.length === 0;
  }

  function choose(finding) {
    chosenId = finding ? finding.id : null;
    for (const button of list.querySelectorAll("[aria-current]")) button.removeAttribute("aria-current");
    const place = shown.indexOf(finding);
    if (place < 0) return;
    if (place < first || place >= last) renderFrom(place - 10);
    const button = list.children[place - first].firstElementChild;
    button.setAttribute("aria-current", "true");
    const panel = byName("panel");
    // on a narrow page the list is below the map, and the map must stay in sight
    if (getComputedStyle(panel).overflowY === "auto") button.scrollIntoView({ block: "nearest" });
  }

  function step(by) {
    if (shown.length === 0) return;
    const place = shown.findIndex((finding) => finding.id === chosenId);
    onChoose(shown[place < 0 ? 0 : (place + by + shown.length) % shown.length]);
  }

  function reveal(finding) {
    const entry = slots.find((candidate) => candidate.layer === layers.groups.get(finding.class));
    if (!entry.on) { turn(entry, true); showLegend(); }
    if (finding.class === "sliver" && !byName("slivers").checked) { byName("slivers").checked = true; apply(); }
    if (!shown.includes(finding)) {
      byName("filters").reset();
      byName("slivers").checked = finding.class === "sliver";
      apply();
    }
  }

  function show() {
    haystacks.clear();
    showLegend(); showFigures(); showFilters(); apply();
  }

  byName("search").addEventListener("input", apply);
  byName("filters").addEventListener("submit", (event) => event.preventDefault());
  byName("filters").addEventListener("reset", () => setTimeout(() => { turn(sliverSlot, byName("slivers").checked); showLegend(); apply(); }));
  for (const name of Object.keys(CHOICES)) byName(`filter-${name}`).addEventListener("change", () => {
    if (byName("filter-class").value === "=sliver") { turn(sliverSlot, true); showLegend(); }
    apply();
  });
  byName("slivers").addEventListener("change", (event) => { turn(sliverSlot, event.target.checked); showLegend(); apply(); });
  byName("previous").addEventListener("click", () => step(-1));
  byName("next").addEventListener("click", () => step(1));
  more.addEventListener("click", renderMore);
  earlier.addEventListener("click", renderEarlier);
  new IntersectionObserver((entries) => { if (!PHONE.matches && entries.some((entry) => entry.isIntersecting)) renderMore(); }, { rootMargin: "400px" }).observe(more);
  list.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const item = event.target.closest("li");
    if (!by || !item) return;
    event.preventDefault();
    const beside = by > 0 ? item.nextElementSibling : item.previousElementSibling;
    if (beside) beside.firstElementChild.focus();
  });

  function renderForPrint() {
    renderFrom(0);
    while (last < Math.min(shown.length, PRINTED)) renderMore();
  }

  return { show, choose, reveal, swatch, renderForPrint, whenChosen: (listener) => { onChoose = listener; } };
})();
