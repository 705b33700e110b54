"use strict";
// Ties map, list and cards together.
(() => {
  const { data, texts, element, layers, list, card } = Mangqu;
  const { t } = texts;
  const { map } = layers;
  const byName = (id) => document.getElementById(`mq-${id}`);
  const HOVERS = matchMedia("(hover: hover)").matches;
  const narrow = () => matchMedia("(max-width: 860px)").matches;
  const popup = L.popup({ maxWidth: 340, minWidth: 250, autoPanPaddingTopLeft: [narrow() ? 12 : 52, 16], className: "mq-popup" });
  let chosen = null;
  let clickedPlace = null;

  // --- choosing -------------------------------------------------------------------------------
  function address(finding) {
    return `#finding=${encodeURIComponent(finding.id)}`;
  }

  // The legend lies over the map's right side on a wide page: nothing should hide under it.
  function margin() {
    const legend = document.querySelector(".mq-legend");
    return getComputedStyle(legend).position === "absolute" ? legend.offsetWidth + 12 : 0;
  }

  function fit(bounds, maxZoom, top) {
    map.fitBounds(bounds, { maxZoom, paddingTopLeft: [narrow() ? 20 : 56, top], paddingBottomRight: [margin() + 20, 36], animate: false });
  }

  function openPopup(latlng, content, autoPan = true) {
    popup.options.autoPan = autoPan;
    popup.options.autoPanPaddingBottomRight = [margin() + 16, 16];
    popup.options.maxHeight = Math.max(180, Math.round(Math.min(map.getSize().y * (autoPan ? 0.72 : 0.55), innerHeight * 0.7)));
    popup.options.maxWidth = Math.min(340, map.getSize().x - 56);
    popup.options.minWidth = Math.min(280, popup.options.maxWidth);
    popup.setLatLng(latlng).setContent(content).openOn(map);
    // what does not fit is reached with the keyboard too
    const scrolled = popup.getElement().querySelector(".leaflet-popup-scrolled");
    if (scrolled) scrolled.tabIndex = 0;
    const close = popup.getElement().querySelector(".leaflet-popup-close-button");
    if (close) close.setAttribute("aria-label", t("map.close"));
  }

  function openCard({ finding, latlng, inside }, autoPan) {
    const point = layers.at(inside);
    const others = point.findings.filter((other) => other !== finding);
    openPopup(latlng, card.ofFinding(finding, others, point, { swatch: list.swatch, open: (other) => choose(other, inside), link: address(finding) }), autoPan);
  }

  // The card stands on the finding's northern edge, half-way across, so that the finding stays in sight.
  function northernEdge(finding) {
    const paths = finding.line || finding.shape.map(([ring]) => ring);
    const longitudes = paths.flat().map(([longitude]) => longitude);
    const middle = (longitudes.reduce((a, b) => Math.min(a, b)) + longitudes.reduce((a, b) => Math.max(a, b))) / 2;
    let north = -Infinity;
    for (const path of paths) for (let i = 1; i < path.length; i += 1) {
      const [[x0, y0], [x1, y1]] = [path[i - 1], path[i]];
      if (x0 === x1 || (x0 - middle) * (x1 - middle) > 0) continue;
      north = Math.max(north, y0 + ((y1 - y0) * (middle - x0)) / (x1 - x0));
    }
    return Number.isFinite(north) ? L.latLng(north, middle) : L.latLng(finding.at[1], finding.at[0]);
  }

  function choose(finding, latlng = null) {
    list.reveal(finding);
    clickedPlace = null;
    chosen = { finding, latlng: latlng || northernEdge(finding), inside: latlng || L.latLng(finding.at[1], finding.at[0]) };
    const bounds = layers.emphasise(finding);
    openCard(chosen, latlng !== null);
    if (latlng === null) fit(bounds.pad(0.5), finding.class === "sliver" ? 20 : 17, popup.getElement().offsetHeight + 40);
    list.choose(finding);
    history.replaceState(null, "", address(finding));
    if (latlng === null && narrow()) map.getContainer().scrollIntoView({ block: "start" });
  }

  function leave() {
    chosen = null;
    clickedPlace = null;
    layers.emphasise(null);
    list.choose(null);
    history.replaceState(null, "", location.pathname + location.search);
  }

  function chooseFromAddress() {
    const id = new URLSearchParams(location.hash.slice(1)).get("finding");
    const item = id === null ? undefined : layers.byId.get(id);
    if (item) choose(item.finding);
    return Boolean(item);
  }

  function showPlace(latlng) {
    layers.emphasise(null);
    list.choose(null);
    chosen = null;
    clickedPlace = latlng;
    openPopup(latlng, card.ofPlace(layers.at(latlng), latlng));
  }

  // --- the map's own controls -----------------------------------------------------------------
  const overview = () => fit(layers.extent(), 18, 16);
  let controls = [];
  function addControls() {
    controls.forEach((control) => control.remove());
    // a card on a narrow page takes the upper half of the map
    const position = narrow() ? "bottomright" : "topleft";
    const home = L.control({ position });
    home.onAdd = () => {
      const bar = element("div", { class: "leaflet-bar" }, element("button", { type: "button", class: "mq-overview", title: t("map.overview"), "aria-label": t("map.overview"), onclick: overview }, "⤢"));
      L.DomEvent.disableClickPropagation(bar);
      return bar;
    };
    controls = [L.control.zoom({ position, zoomInTitle: t("map.zoom_in"), zoomOutTitle: t("map.zoom_out") }), home];
    controls.forEach((control) => control.addTo(map));
  }
  L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
  // Leaflet's own prefix carries a flag; the credit of a basemap stays
  if (layers.basemap) map.attributionControl.setPrefix(false);
  else map.attributionControl.remove();

  // --- language -------------------------------------------------------------------------------
  function speak() {
    const language = texts.language();
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    const name = texts.pair(data.name);
    const title = name ? t("map.title", { name }) : t("map.title_unnamed");
    document.title = title;
    byName("title").textContent = title;
    byName("date").textContent = t("map.as_of", { date: texts.date(data.as_of) });
    byName("notice").textContent = texts.pair(data.notice);
    byName("language").lang = language === "zh" ? "en" : "zh-CN";
    for (const node of document.querySelectorAll("[data-text]")) node.textContent = t(node.dataset.text);
    for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", t(node.dataset.label));
    for (const node of document.querySelectorAll("[data-hint]")) node.placeholder = t(node.dataset.hint);
    byName("simplified").textContent = data.simplified_m ? t("map.simplified", { metres: texts.length(data.simplified_m) }) : t("map.not_simplified");
    const attribution = texts.pair(data.attribution);
    byName("source").textContent = attribution ? t("map.source", { attribution }) : "";
    map.getContainer().setAttribute("aria-label", t("map.map"));
    addControls();
    layers.nameDistricts();
    list.show();
    if (chosen) { openCard(chosen, true); list.choose(chosen.finding); }
    if (clickedPlace) showPlace(clickedPlace);
  }

  byName("language").addEventListener("click", () => { texts.other(); speak(); });
  list.whenChosen((finding) => choose(finding));
  for (const group of layers.groups.values()) {
    group.on("click", (event) => { L.DomEvent.stop(event); choose(event.layer.finding, event.latlng); });
    if (HOVERS) group.bindTooltip((layer) => card.tip(layer.finding), { sticky: true, className: "mq-tooltip" });
  }
  map.on("click", (event) => showPlace(event.latlng));
  // opening the next card closes the last one first: only a card that stays closed is left
  map.on("popupclose", () => setTimeout(() => { if (!map.hasLayer(popup)) leave(); }));
  map.on("zoomend", layers.placeAll);
  addEventListener("keydown", (event) => { if (event.key === "Escape") map.closePopup(popup); });
  addEventListener("hashchange", chooseFromAddress);
  addEventListener("beforeprint", list.renderForPrint);
  matchMedia("print").addEventListener("change", (event) => {
    map.invalidateSize({ animate: false });
    if (event.matches && !chosen) overview();
  });
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());

  speak();
  overview();
  layers.placeAll();
  chooseFromAddress();
  document.documentElement.dataset.ready = "true";
})();
