"use strict";
// The layers: what is drawn, when it is drawn, and what lies at a point.
Mangqu.layers = (() => {
  const { data, shell, texts } = Mangqu;
  const map = window[shell.map];
  const MARK_BELOW_PX = 14;
  const ZONE_COLOURS = { oil_local: "#8c510a", fringe: "#5f7d1f", unit_surroundings: "#6b5b95", back_lane: "#3f6f8f" };
  const OTHER_ZONE = "#777777";

  // Okabe and Ito's colours; where two might be mixed up, a pattern tells them apart.
  const STYLES = {
    void: { color: "#a63c00", fillColor: "#d55e00", fillOpacity: 0.68 },
    lapsed: { color: "#8a5f00", fillColor: "#f0b93a", fillOpacity: 0.72, dashArray: "7 4" },
    leaderless: { color: "#7a5200", fillColor: "url(#mq-dots)", fillOpacity: 1, plain: "#e69f00" },
    fallback_only: { color: "#2f86b8", fillColor: "#56b4e9", fillOpacity: 0.55 },
    contested: { color: "#8a2460", fillColor: "url(#mq-hatch)", fillOpacity: 1, plain: "#aa3377" },
    not_passed_down: { color: "#00507e", fillColor: "url(#mq-lines)", fillOpacity: 1, plain: "#0072b2" },
    joint: { color: "#00694d", fillColor: "url(#mq-cross)", fillOpacity: 1, plain: "#009e73" },
    sliver: { color: "#333333", fillColor: "#333333", fillOpacity: 0.6, weight: 1.5 },
    lane_unowned: { color: "#d55e00", weight: 5, dashArray: "10 7", lineCap: "butt" },
    lane_border: { color: "#8a2460", weight: 5, dashArray: "2 5", lineCap: "butt" },
  };

  const MARK_RADIUS = data.findings.filter((finding) => finding.class !== "sliver").length > 200 ? 4 : 6;

  const toLatLngs = (coordinates, depth) => L.GeoJSON.coordsToLatLngs(coordinates, depth);
  const polygon = (shape, options) => L.polygon(toLatLngs(shape, 2), { interactive: false, ...options });

  // --- findings -------------------------------------------------------------------------------
  const items = data.findings.map((finding) => ({ finding, drawn: null, mark: null, wanted: true }));
  const byId = new Map(items.map((item) => [item.finding.id, item]));
  const groups = new Map(data.classes.map((name) => [name, window[shell[`class.${name}`]]]));

  const sliverCanvas = L.canvas({ pane: "slivers", tolerance: 3 });

  function draw(item) {
    if (item.drawn) return item;
    const { finding } = item;
    const { plain, ...style } = STYLES[finding.class];
    const isSliver = finding.class === "sliver";
    // slivers come in thousands, and nothing below them listens to the mouse: one canvas takes them all
    const renderer = isSliver ? { pane: "slivers", renderer: sliverCanvas } : {};
    const pane = finding.line ? "lanes" : "findings";
    const options = { weight: 1.5, smoothFactor: 0.6, pane, ...renderer, ...style };
    item.drawn = finding.line
      ? L.polyline(toLatLngs(finding.line, 1), options)
      : L.polygon(toLatLngs(finding.shape, 2), options);
    item.mark = L.circleMarker([finding.at[1], finding.at[0]], {
      pane: "marks", ...renderer, radius: isSliver ? 3 : MARK_RADIUS, weight: 1.5,
      color: "#ffffff", fillColor: plain || (finding.line ? style.color : style.fillColor), fillOpacity: 1,
    });
    item.drawn.finding = item.mark.finding = finding;
    const bounds = item.drawn.getBounds();
    const corner = map.project(bounds.getNorthWest(), 0), opposite = map.project(bounds.getSouthEast(), 0);
    item.span = Math.max(Math.abs(corner.x - opposite.x), Math.abs(corner.y - opposite.y));
    return item;
  }

  function place(item) {
    const group = groups.get(item.finding.class);
    const shown = item.wanted && map.hasLayer(group);
    // a class that is switched off costs nothing until it is wanted
    if (!item.drawn && !shown) return;
    draw(item);
    const tiny = item.span * 2 ** map.getZoom() < MARK_BELOW_PX;
    for (const [layer, present] of [[item.drawn, item.wanted], [item.mark, item.wanted && tiny]]) {
      if (present !== group.hasLayer(layer)) present ? group.addLayer(layer) : group.removeLayer(layer);
    }
  }

  function placeAll() {
    // the largest first, so that the small ones lie on top
    for (let number = items.length - 1; number >= 0; number -= 1) place(order[number]);
  }
  const order = [...items].sort((a, b) => (a.finding.area_m2 || 0) - (b.finding.area_m2 || 0));

  function filter(keep) {
    for (const item of items) item.wanted = keep(item.finding);
    placeAll();
  }

  // --- outlines -------------------------------------------------------------------------------
  const jurisdiction = window[shell.jurisdiction];
  const labels = [];
  for (const district of data.jurisdiction) {
    const fill = shell.basemap ? { fill: false } : { fillColor: "#ffffff", fillOpacity: 1 };
    const outline = polygon(district.shape, { pane: "jurisdiction", color: "#3c4650", weight: 1.8, fill: false });
    jurisdiction.addLayer(polygon(district.shape, { pane: "zones", stroke: false, ...fill }));
    jurisdiction.addLayer(outline);
    labels.push({ district, box: outline.getBounds(), tooltip: null });
  }
  function nameDistricts() {
    const whole = jurisdiction.getBounds();
    const width = (box) => box.getEast() - box.getWest();
    for (const entry of labels) {
      const name = texts.district(entry.district.id);
      if (name === entry.district.id && data.jurisdiction.length === 1) continue;
      if (!entry.tooltip) {
        // beside a small district, inside a large one
        const small = width(entry.box) < 0.12 * width(whole) && data.jurisdiction.length > 1;
        entry.tooltip = L.tooltip({ permanent: true, direction: small ? "right" : "center", offset: small ? [10, 0] : [0, 0], className: "mq-district", interactive: false })
          .setLatLng([entry.district.at[1], entry.district.at[0]]);
        jurisdiction.addLayer(entry.tooltip);
      }
      entry.tooltip.setContent(Mangqu.words(name));
    }
  }

  const zoneGroups = new Map();
  for (const zone of data.zones) {
    if (!zoneGroups.has(zone.kind)) {
      const fixed = Object.hasOwn(ZONE_COLOURS, zone.kind) && shell[`zone.${zone.kind}`];
      zoneGroups.set(zone.kind, fixed ? window[fixed] : L.featureGroup().addTo(map));
    }
    zoneGroups.get(zone.kind).addLayer(polygon(zone.shape, { pane: "zones", ...zoneStyle(zone.kind) }));
  }
  function zoneStyle(kind) {
    const colour = Object.hasOwn(ZONE_COLOURS, kind) ? ZONE_COLOURS[kind] : OTHER_ZONE;
    return { color: colour, weight: 1.2, dashArray: "4 3", fillColor: colour, fillOpacity: 0.13 };
  }

  const CLAIM = { pane: "claims", color: "#5b6b79", weight: 1, fill: false };
  const claimGroups = new Map();
  for (const claim of data.claims) {
    if (!claimGroups.has(claim.matter)) claimGroups.set(claim.matter, []);
    claimGroups.get(claim.matter).push(claim);
  }
  // outlines are many and heavy, so they are drawn when asked for
  function claimLayer(matter) {
    return L.featureGroup(claimGroups.get(matter).map((claim) =>
      polygon(claim.shape, claim.role === "lead" ? CLAIM : { ...CLAIM, dashArray: "3 4" })));
  }

  // --- what lies at a point -------------------------------------------------------------------
  function boxOf(shape) {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (const [shellRing] of shape) for (const [x, y] of shellRing) {
      box[0] = Math.min(box[0], x); box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x); box[3] = Math.max(box[3], y);
    }
    return box;
  }
  const boxes = new Map();
  function contains(thing, x, y) {
    if (!boxes.has(thing)) boxes.set(thing, boxOf(thing.shape));
    const [west, south, east, north] = boxes.get(thing);
    if (x < west || x > east || y < south || y > north) return false;
    let inside = false;
    for (const part of thing.shape) for (const ring of part) {
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
        const [xi, yi] = ring[i], [xj, yj] = ring[j];
        if ((yi > y) !== (yj > y) && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
      }
    }
    return inside;
  }

  function lineage(matter) {
    const chain = [];
    while (matter !== "" && !chain.includes(matter)) {
      chain.push(matter);
      matter = Object.hasOwn(data.matters, matter) ? data.matters[matter].parent : "";
    }
    return [...chain, ""];
  }

  // Of the claims of one role and level, those on the nearest ancestor of the matter count.
  function answering(claims, matter) {
    const chain = lineage(matter);
    const speaking = claims.filter((claim) => chain.includes(claim.matter));
    const nearest = new Map();
    for (const claim of speaking) {
      const key = `${claim.role} ${claim.level}`;
      nearest.set(key, Math.min(nearest.get(key) ?? Infinity, chain.indexOf(claim.matter)));
    }
    return speaking.filter((claim) => chain.indexOf(claim.matter) === nearest.get(`${claim.role} ${claim.level}`));
  }

  function at(latlng) {
    const here = (thing) => contains(thing, latlng.lng, latlng.lat);
    const claims = data.claims.filter(here);
    const asked = [...new Set(data.questions.map((question) => question.matter))];
    const districts = data.jurisdiction.filter(here).map((district) => district.id);
    return {
      inside: districts.length > 0,
      districts,
      zones: data.zones.filter(here),
      matters: claims.length ? asked.map((matter) => ({ matter, claims: answering(claims, matter) })) : [],
      findings: items.filter(({ finding, wanted }) => wanted && finding.shape && map.hasLayer(groups.get(finding.class)) && here(finding)).map((item) => item.finding),
    };
  }

  // --- the chosen finding ---------------------------------------------------------------------
  const emphasis = L.featureGroup().addTo(map);
  function emphasise(finding) {
    emphasis.clearLayers();
    if (!finding) return null;
    const item = draw(byId.get(finding.id));
    const shape = item.drawn.getLatLngs();
    const chain = lineage(finding.matter);
    for (const claim of data.claims) {
      if (claim.role === "lead" && chain.includes(claim.matter)) emphasis.addLayer(polygon(claim.shape, CLAIM));
    }
    for (const [weight, color] of [[7, "#ffffff"], [3, "#111827"]]) {
      const style = { pane: "marks", interactive: false, fill: false, weight, color };
      emphasis.addLayer(finding.line ? L.polyline(shape, style) : L.polygon(shape, style));
    }
    return item.drawn.getBounds();
  }

  function extent() {
    const all = jurisdiction.getBounds();
    for (const { finding } of items) all.extend([finding.at[1], finding.at[0]]);
    return all;
  }

  return { map, groups, zoneGroups, zoneStyle, claimGroups, claimLayer, claims: window[shell.claims], jurisdiction,
    basemap: shell.basemap ? window[shell.basemap] : null, items, byId, filter, placeAll, nameDistricts, at, emphasise, extent, STYLES };
})();
