// Keeps a preview up to date with the form beside it; the server draws it.
"use strict";

(() => {
  const DELAY_MS = 300;
  const MEMBERS = ["language", "title", "message", "attributes", "ui", "result_texts"];

  function start() {
    const section = document.getElementById("preview");
    if (!section) {
      return;
    }
    const form = document.getElementById(section.dataset.form);
    const parameters = document.getElementById("preview-parameters");
    const phone = document.getElementById("preview-phone");
    let timer = 0;
    let asked = 0;

    function values() {
      const data = new URLSearchParams();
      for (const name of MEMBERS) {
        const field = form.elements.namedItem(name);
        data.set(name, field ? field.value : "");
      }
      data.set("preview_parameters", parameters.value);
      return data;
    }

    async function refresh() {
      const number = ++asked;
      const token = form.elements.namedItem("csrfmiddlewaretoken");
      const answer = await fetch(section.dataset.url, {
        method: "POST",
        headers: { "X-CSRFToken": token ? token.value : "" },
        credentials: "same-origin",
        body: values(),
      });
      // An answer that comes late must not replace a newer one.
      if (!answer.ok || number !== asked) {
        return;
      }
      phone.innerHTML = await answer.text();
      const drawn = phone.querySelector("[data-parameters]");
      if (drawn && !parameters.value.trim()) {
        parameters.value = drawn.dataset.parameters;
      }
    }

    function later() {
      window.clearTimeout(timer);
      timer = window.setTimeout(refresh, DELAY_MS);
    }

    form.addEventListener("input", later);
    section.addEventListener("input", later);
    refresh();
  }

  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", start);
  } else {
    start();
  }
})();
