"use strict";
// The small maps of the service. Names from a run reach the page as text only.
(() => {
  const COLOURS = {
    void: "#d55e00", lapsed: "#f0b93a", leaderless: "#e69f00", fallback_only: "#56b4e9",
    contested: "#aa3377", not_passed_down: "#0072b2", joint: "#009e73", sliver: "#333333",
  };
  const colour = (word) => (Object.hasOwn(COLOURS, word) ? COLOURS[word] : "#777777");

  async function read(address) {
    const answer = await fetch(address, { headers: { Accept: "application/geo+json" } });
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    return answer.json();
  }

  function draw(element) {
    const [west, south, east, north] = element.dataset.bounds.split(",").map(Number);
    const map = L.map(element, { attributionControl: false, zoomSnap: 0.25, maxZoom: 19, minZoom: 3 });
    map.fitBounds([[south, west], [north, east]], { padding: [14, 14], animate: false });
    L.control.scale({ imperial: false }).addTo(map);
    map.createPane("districts").style.zIndex = 350;
    const waiting = [
      read(element.dataset.districts).then((districts) => L.geoJSON(districts, {
        pane: "districts", interactive: false,
        style: { color: "#3c4650", weight: 1.6, fillColor: "#ffffff", fillOpacity: 1 },
      }).addTo(map)),
    ];
    const shapes = element.dataset.finding || element.dataset.findings;
    if (shapes) {
      waiting.push(read(shapes).then((findings) => {
        const layer = L.geoJSON(findings, {
          // a click asks about the place, not about the shape
          interactive: false,
          style: (feature) => ({
            color: colour(feature.properties.class), weight: 1.5,
            fillColor: colour(feature.properties.class), fillOpacity: element.dataset.finding ? 0.6 : 0.3,
          }),
        }).addTo(map);
        if (element.dataset.finding) map.fitBounds(layer.getBounds(), { padding: [40, 40], maxZoom: 17, animate: false });
      }));
    }
    Promise.all(waiting).then(() => { element.dataset.ready = "yes"; });
    return map;
  }

  function asking(map, form, answers) {
    map.createPane("pin").style.zIndex = 640;
    const pin = L.circleMarker([0, 0], { radius: 8, color: "#ffffff", weight: 3, fillColor: "#0b5cad", fillOpacity: 1, interactive: false, pane: "pin" });
    const hint = document.getElementById("whois-hint");
    const here = document.getElementById("whois-here");
    let asked = 0;

    function mark() {
      const lon = Number.parseFloat(form.elements.lon.value), lat = Number.parseFloat(form.elements.lat.value);
      if (Number.isFinite(lon) && Number.isFinite(lat) && form.elements.datum.value === "wgs84") pin.setLatLng([lat, lon]).addTo(map);
    }

    async function show(address) {
      const number = ++asked;
      answers.setAttribute("aria-busy", "true");
      try {
        const page = await fetch(address);
        const parsed = new DOMParser().parseFromString(await page.text(), "text/html");
        const found = parsed.getElementById("answers");
        if (!found) { location.assign(address); return; }
        if (number !== asked) return;  // a later click has overtaken this one
        answers.replaceChildren(...found.childNodes);
        // the server answers with the place on WGS 84, whatever the coordinates were stated in
        const stated = parsed.getElementById(form.id);
        for (const name of ["lon", "lat", "datum"]) form.elements[name].value = stated.elements[name].value;
        const language = parsed.querySelector("a.language");
        if (language) document.querySelector("a.language").replaceWith(language);
        mark();
        // on a phone the answer lies below the map
        if (answers.getBoundingClientRect().top > innerHeight * 0.8) answers.scrollIntoView();
      } finally {
        answers.removeAttribute("aria-busy");
      }
    }

    function address() {
      return `${form.getAttribute("action").split("?")[0]}?${new URLSearchParams(new FormData(form))}`;
    }

    function ask() {
      const where = address();
      history.pushState(null, "", where);
      return show(where);
    }

    function askAt(lat, lon) {
      form.elements.lon.value = lon.toFixed(6);
      form.elements.lat.value = lat.toFixed(6);
      form.elements.datum.value = "wgs84";
      mark();
      return ask();
    }

    map.on("click", (event) => {
      const point = event.latlng.wrap();
      askAt(point.lat, point.lng);
    });
    form.addEventListener("submit", (event) => { event.preventDefault(); ask(); });
    addEventListener("popstate", () => location.reload());
    if (here && isSecureContext && navigator.geolocation) {
      here.hidden = false;
      here.addEventListener("click", () => {
        here.disabled = true;
        navigator.geolocation.getCurrentPosition(
          ({ coords }) => {
            here.disabled = false;
            map.setView([coords.latitude, coords.longitude], Math.max(map.getZoom(), 15));
            askAt(coords.latitude, coords.longitude);
          },
          () => { here.disabled = false; hint.textContent = here.dataset.failed; },
          { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
        );
      });
    }
    mark();
  }

  for (const element of document.querySelectorAll("[data-map]")) {
    const map = draw(element);
    const form = element.dataset.asks && document.getElementById(element.dataset.asks);
    if (form) asking(map, form, document.getElementById("answers"));
  }
})();
