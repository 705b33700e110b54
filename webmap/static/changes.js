"use strict";
// Moves the line between before and after, and what of the drawing is seen.
(() => {
  const map = document.getElementById("map");
  const swipe = document.getElementById("swipe");
  const divider = document.getElementById("divider");
  const [left, right] = map.querySelectorAll("clipPath rect");
  const whole = map.getAttribute("viewBox");
  const FAR = 100000;

  function seen() {
    // the drawing keeps its proportions, so more may be seen than the box asks for
    const inverse = map.getScreenCTM().inverse();
    const frame = map.getBoundingClientRect();
    const corner = new DOMPoint(frame.left, frame.top).matrixTransform(inverse);
    const other = new DOMPoint(frame.right, frame.bottom).matrixTransform(inverse);
    return { x: corner.x, y: corner.y, width: other.x - corner.x, height: other.y - corner.y };
  }

  function divide() {
    const view = seen();
    const at = view.x + (view.width * Number(swipe.value)) / 1000;
    left.setAttribute("width", Math.max(0, at + FAR));
    right.setAttribute("x", at);
    divider.setAttribute("x1", at);
    divider.setAttribute("x2", at);
  }

  function show(box) {
    map.setAttribute("viewBox", box);
    divide();
  }

  map.addEventListener("wheel", (event) => {
    event.preventDefault();
    const view = seen();
    const by = event.deltaY < 0 ? 0.8 : 1.25;
    const frame = map.getBoundingClientRect();
    const x = view.x + (view.width * (event.clientX - frame.left)) / frame.width;
    const y = view.y + (view.height * (event.clientY - frame.top)) / frame.height;
    show(`${x - (x - view.x) * by} ${y - (y - view.y) * by} ${view.width * by} ${view.height * by}`);
  }, { passive: false });

  let held = null;
  map.addEventListener("pointerdown", (event) => {
    held = { x: event.clientX, y: event.clientY, view: seen() };
    map.setPointerCapture(event.pointerId);
  });
  map.addEventListener("pointermove", (event) => {
    if (!held) return;
    const frame = map.getBoundingClientRect();
    const { view } = held;
    const x = view.x - ((event.clientX - held.x) * view.width) / frame.width;
    const y = view.y - ((event.clientY - held.y) * view.height) / frame.height;
    show(`${x} ${y} ${view.width} ${view.height}`);
  });
  for (const end of ["pointerup", "pointercancel"]) map.addEventListener(end, () => { held = null; });

  swipe.addEventListener("input", divide);
  addEventListener("resize", divide);
  document.getElementById("whole").addEventListener("click", () => show(whole));
  for (const button of document.querySelectorAll("[data-box]")) {
    button.addEventListener("click", () => show(button.dataset.box));
  }
  const matter = document.getElementById("matter");
  if (matter) {
    matter.addEventListener("change", () => {
      for (const each of document.querySelectorAll("[data-matter]")) {
        const shown = matter.value === "*" || matter.value === `=${each.dataset.matter}`;
        each.toggleAttribute("hidden", !shown);
      }
    });
  }
  divide();
})();
