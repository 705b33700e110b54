"use strict";
// What opens over the map: the card of a finding, and that of any other point.
Mangqu.card = (() => {
  const { texts, element, words, joined } = Mangqu;
  const { t } = texts;
  const LEVELS = Mangqu.data.questions.some((question) => question.level !== "");
  const isLane = (finding) => "line" in finding;

  function size(finding) {
    return isLane(finding) ? texts.length(finding.length_m) : texts.area(finding.area_m2);
  }

  function className(finding) {
    const name = texts.label("class", finding.class);
    return finding.sliver ? `${name} · ${texts.label("sliver", finding.sliver)}` : name;
  }

  // Beside the class: the lane's name, or the matter.
  function subject(finding) {
    const lane = isLane(finding) ? texts.pair(finding.name) || finding.lane : "";
    const matter = finding.matter === "" ? "" : texts.matter(finding.matter);
    return [lane, matter].filter(Boolean).join(" · ");
  }

  function row(key, content) {
    return content.length === 0 ? [] : [element("dt", {}, t(key)), element("dd", {}, ...content)];
  }

  function sideNames(bodies) {
    return bodies.length ? joined(bodies.map(texts.body)) : [t("card.nobody")];
  }

  function neighbours(finding) {
    const longest = Math.max(...finding.neighbours.map(([, metres]) => metres || 0), 1e-9);
    return element("ul", { class: "mq-neighbours" }, ...finding.neighbours.map(([body, metres]) => {
      const share = element("i", { "aria-hidden": "true" });
      share.style.width = `${Math.max(2, (100 * (metres || 0)) / longest)}%`;
      return element("li", {},
        element("span", { class: body ? "mq-body" : "mq-body mq-quiet" }, body ? words(texts.body(body)) : t("card.limit")),
        element("span", { class: "mq-metres" }, t("card.shared", { metres: texts.length(metres) })), share);
    }));
  }

  function measures(finding) {
    const facts = isLane(finding)
      ? [["card.length", texts.length(finding.length_m)],
         ["card.stretch", t("card.stretch_value", { start: texts.length(finding.from_m), end: texts.length(finding.to_m) })]]
      : [["card.area", texts.area(finding.area_m2)], ["card.width", texts.length(finding.width_m)]];
    return element("dl", { class: "mq-measures" }, ...facts.map(([key, value]) =>
      element("div", {}, element("dt", {}, t(key)), element("dd", {}, value))));
  }

  function details(finding) {
    const isSliver = finding.class === "sliver";
    return element("dl", { class: "mq-details" },
      ...row(`card.bodies.${finding.class}`, joined(finding.bodies.map(texts.body))),
      ...(isLane(finding) ? [...row("card.left", sideNames(finding.left)), ...row("card.right", sideNames(finding.right))] : []),
      ...row("card.first_receiver", finding.first_receiver ? [words(texts.body(finding.first_receiver))] : []),
      ...row("card.lapsed_on", finding.lapsed_on ? [texts.date(finding.lapsed_on)] : []),
      ...row("card.level", finding.level ? [texts.label("level", finding.level)] : LEVELS ? [t("card.every_level")] : []),
      ...row("card.position", finding.position ? [texts.label("position", finding.position)] : []),
      ...row("card.threshold", isSliver ? [texts.length(finding.threshold_m)] : []),
      ...row("card.zones", joined(finding.zones.map((kind) => texts.label("zone", kind)))),
      ...row("card.districts", joined(finding.districts.map(texts.district))),
      ...row("card.as_of", [texts.date(finding.as_of)]),
      ...row("card.id", [element("code", {}, words(finding.id))]));
  }

  // swatch and open come from outside so that the card need not know the map
  function ofFinding(finding, others, place, { swatch, open, link }) {
    const law = finding.law && texts.label("law", finding.law)
      ? element("blockquote", {}, element("h4", {}, t("card.law")), element("p", {}, texts.label("law", finding.law)))
      : null;
    const beside = !isLane(finding) && finding.neighbours.length
      ? element("div", {}, element("h4", {}, t("card.neighbours")), neighbours(finding)) : null;
    const alsoHere = others.length
      ? element("div", {}, element("h4", {}, t("card.here_too")), element("ul", { class: "mq-others" },
          ...others.map((other) => element("li", {}, element("button", { type: "button", onclick: () => open(other) },
            swatch(other.class), `${className(other)} `, words(subject(other))))))) : null;
    return element("article", { class: "mq-card", "data-finding": finding.id },
      element("h3", {}, swatch(finding.class), element("span", {}, className(finding)), element("small", {}, words(subject(finding)))),
      measures(finding),
      element("p", { class: "mq-why" }, words(texts.pair(finding.reason))),
      beside, details(finding), law, alsoHere,
      place.matters.length ? element("details", {}, element("summary", {}, t("card.who")), duties(place)) : null,
      element("a", { class: "mq-link", href: link }, t("card.link")));
  }

  function duties(place) {
    return element("dl", { class: "mq-duties" }, ...place.matters.flatMap(({ matter, claims }) => [
      element("dt", {}, words(texts.matter(matter))),
      element("dd", {}, claims.some((claim) => claim.role === "lead") ? null : element("p", { class: "mq-missing" }, t("card.no_lead")),
        ...claims.map((claim) => element("p", {}, element("b", {}, words(texts.body(claim.body))),
          element("span", { class: "mq-quiet" }, " ", words([texts.label("role", claim.role),
            claim.level && texts.label("level", claim.level), claim.basis && texts.label("basis", claim.basis),
            claim.basis_ref].filter(Boolean).join(" · ")))))),
    ]));
  }

  function ofPlace(place, latlng) {
    const coordinates = `${latlng.lng.toFixed(6)}, ${latlng.lat.toFixed(6)}`;
    const answer = !place.inside ? element("p", {}, t("card.outside"))
      : place.matters.length ? duties(place) : element("p", {}, t("card.no_claim"));
    return element("article", { class: "mq-card" },
      element("h3", {}, t("card.place")), answer,
      ...place.zones.map((zone) => element("p", { class: "mq-zone" },
        element("b", {}, words(texts.label("zone", zone.kind))), " ",
        words([texts.pair(zone.name), texts.pair(zone.reason),
          zone.confidence === null ? "" : t("card.confidence", { percent: `${Math.round(100 * zone.confidence)} %` })].filter(Boolean).join(" · ")))),
      element("dl", { class: "mq-details" },
        ...row("card.districts", joined(place.districts.map(texts.district))),
        ...row("card.coordinates", [coordinates])));
  }

  function tip(finding) {
    return element("div", { class: "mq-tip" }, element("b", {}, className(finding)), " ", words(subject(finding)),
      element("br"), size(finding), " · ", words(finding.bodies.length ? finding.bodies.slice(0, 3).map(texts.body).join("、") : finding.id));
  }

  return { ofFinding, ofPlace, tip, className, subject, size };
})();
