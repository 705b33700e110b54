"use strict";
// Words, numbers and elements. Whatever comes out of a run reaches the page as text only:
// nothing in these scripts reads a string as markup.
const Mangqu = {};

Mangqu.shell = JSON.parse(document.getElementById("mq-shell").textContent);
Mangqu.data = JSON.parse(document.getElementById("mq-data").textContent);

Mangqu.texts = (() => {
  const catalogues = JSON.parse(document.getElementById("mq-texts").textContent);
  const SQUARE_KILOMETRE = 1e6, HECTARE = 1e4, KILOMETRE = 1e3;
  let language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";

  // ids are a user's words: "constructor" must not find what every object has
  const table = (object) => new Map(Object.entries(object));
  const names = {
    body: table(Mangqu.data.bodies),
    matter: table(Mangqu.data.matters),
    district: table(Mangqu.data.districts),
  };

  function t(key, values = {}) {
    const text = catalogues[language][key];
    if (text === undefined) throw new Error(`no text ${key}`);
    return text.replace(/\{(\w+)\}/g, (mark, name) => (Object.hasOwn(values, name) ? String(values[name]) : mark));
  }

  function label(group, name) {
    const key = `${group}.${name}`;
    return Object.hasOwn(catalogues[language], key) ? catalogues[language][key] : isolated(name);
  }

  // A text with marks of direction is shut in, or it would turn the words that it is joined to.
  const TURNS = /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
  const isolated = (text) => (TURNS.test(text) ? `\u2068${text}\u2069` : text);

  function pair(both) {
    const other = language === "zh" ? "en" : "zh";
    return isolated(both[language] || both[other] || "");
  }

  function named(kind, id) {
    const found = names[kind].get(id);
    return (found && pair(found)) || isolated(id);
  }

  const matter = (id) => (id === "" ? t("map.legend.every_matter") : named("matter", id));

  function number(value) {
    if (value < 1) return value.toFixed(2).replace(/0+$/, "").replace(/\.$/, "") || "0";
    if (value < 99.95) return value.toFixed(1).replace(/\.0$/, "");
    return Math.round(value).toLocaleString("en-US");
  }

  const count = (value) => value.toLocaleString("en-US");

  function share(part, whole) {
    if (!whole) return "–";
    const percent = (100 * part) / whole;
    if (percent > 0 && percent < 0.001) return "< 0.001 %";
    return `${percent.toFixed(percent === 0 ? 0 : percent < 1 ? 3 : 1)} %`;
  }

  function quantity(value, unit) {
    if (value > 0 && value < 0.01) return t("unit.less", { quantity: t(unit, { number: "0.01" }) });
    return t(unit, { number: number(value) });
  }

  function area(m2) {
    if (m2 === null) return "–";
    if (Math.round(m2) < HECTARE) return quantity(m2, "unit.m2");
    if (Math.round(m2 / HECTARE) * HECTARE < SQUARE_KILOMETRE) return quantity(m2 / HECTARE, "unit.ha");
    return quantity(m2 / SQUARE_KILOMETRE, "unit.km2");
  }

  function length(m) {
    if (m === null) return "–";
    return Math.round(m) < 10 * KILOMETRE ? quantity(m, "unit.m") : quantity(m / KILOMETRE, "unit.km");
  }

  function date(iso) {
    const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso);
    if (!parts) return iso;
    return t("date.long", { year: Number(parts[1]), month: t(`month.${Number(parts[2])}`), day: Number(parts[3]) });
  }

  return {
    t, label, pair, matter, count, share, area, length, date,
    body: (id) => named("body", id),
    district: (id) => named("district", id),
    language: () => language,
    other: () => { language = language === "zh" ? "en" : "zh"; },
  };
})();

// Make an element. Attributes named on… are listeners; a child that is a string becomes text.
Mangqu.element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
};

// A user's words keep their own direction and cannot turn that of what stands around them.
Mangqu.words = (text) => Mangqu.element("bdi", {}, text);

Mangqu.joined = (texts) => {
  const separator = Mangqu.texts.language() === "zh" ? "、" : ", ";
  return texts.flatMap((text, place) => (place === 0 ? [Mangqu.words(text)] : [separator, Mangqu.words(text)]));
};
