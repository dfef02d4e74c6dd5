// Draws the texts and lines of charts in colours that can be read on either background.
"use strict";

(() => {
  function colour(name) {
    return window.getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function paint() {
    window.Chart.defaults.color = colour("--chart-text");
    window.Chart.defaults.borderColor = colour("--chart-line");
    for (const chart of Object.values(window.Chart.instances)) {
      chart.update("none");
    }
  }

  // Before the charts are made, and whenever somebody turns the light on or off.
  document.addEventListener("DOMContentLoaded", paint);
  document.addEventListener("alpine:initialized", paint);
  const observer = new MutationObserver(paint);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
})();
