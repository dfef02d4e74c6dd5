// Lets the keyboard reach whatever reacts to a click, and tells which controls open what.
//
// The admin's look draws switches as icons and links that lead nowhere. They are found by what
// they do, so that those of its next version, and ours, are found as well.
"use strict";

(() => {
  const NATIVE = "a[href], button, input, select, textarea, summary";
  const FOCUSABLE = `${NATIVE}, [tabindex="0"]`;
  const SWITCH = /^\s*(\w+)\s*=\s*(?:!\s*\1|true)\b/;
  // What stays open while one works beside it.
  const LASTING = new Set(["sidebarDesktopOpen"]);
  const opened = [];

  function flagOf(control) {
    const match = SWITCH.exec(control.getAttribute("x-on:click"));
    return match ? match[1] : "";
  }

  function regionOf(flag) {
    const shown = [...document.querySelectorAll("[x-show]")];
    const region = shown.find((element) => element.getAttribute("x-show") === flag);
    return region || (flag.startsWith("sidebar") ? document.getElementById("nav-sidebar") : null);
  }

  function isVisible(element) {
    return element.getClientRects().length > 0;
  }

  function enter(control, flag) {
    const region = regionOf(flag);
    if (!region || LASTING.has(flag)) {
      return;
    }
    opened.push({ control, flag });
    // The region is drawn with the next frame.
    window.requestAnimationFrame(() =>
      window.requestAnimationFrame(() => {
        const first = [...region.querySelectorAll(FOCUSABLE)].find(isVisible);
        if (first) {
          first.focus();
        }
      }),
    );
  }

  function leave(event) {
    const last = opened.at(-1);
    const region = last && regionOf(last.flag);
    const next = event.relatedTarget;
    if (!region || !next || region.contains(next) || !region.contains(event.target)) {
      return;
    }
    opened.pop();
    window.Alpine.$data(last.control)[last.flag] = false;
  }

  function escape(event) {
    const last = event.key === "Escape" && opened.pop();
    if (!last) {
      return;
    }
    window.Alpine.$data(last.control)[last.flag] = false;
    last.control.focus();
  }

  function press(event) {
    if (event.target !== event.currentTarget || !["Enter", " "].includes(event.key)) {
      return;
    }
    // Space would scroll the page.
    event.preventDefault();
    event.currentTarget.click();
  }

  function tellState(control, flag) {
    const region = regionOf(flag);
    if (region && region.id) {
      control.setAttribute("aria-controls", region.id);
    }
    window.Alpine.effect(() => {
      const open = Boolean(window.Alpine.$data(control)[flag]);
      control.setAttribute("aria-expanded", String(open));
    });
    control.addEventListener("click", (event) => {
      // A click that the keyboard made has no pointer that counts its presses.
      if (event.detail === 0 && window.Alpine.$data(control)[flag]) {
        enter(control, flag);
      }
    });
  }

  function isDecoration(control) {
    return control.textContent.trim() === "" || control.closest("[data-operable]") !== null;
  }

  function makeOperable(control, names) {
    if (isDecoration(control)) {
      return;
    }
    control.dataset.operable = "true";
    const flag = flagOf(control);
    const name = names[flag] || control.title;
    if (name && control.matches(".material-symbols-outlined, :has(> .material-symbols-outlined)")) {
      control.setAttribute("aria-label", name);
    }
    if (!control.matches(NATIVE)) {
      control.tabIndex = 0;
      control.setAttribute("role", "button");
      control.addEventListener("keydown", press);
    }
    if (flag) {
      tellState(control, flag);
    }
  }

  function hideIcons() {
    for (const icon of document.querySelectorAll(".material-symbols-outlined")) {
      if (!icon.hasAttribute("role")) {
        // Its text is the name of a picture, in English.
        icon.setAttribute("aria-hidden", "true");
      }
    }
  }

  function start() {
    const named = document.getElementById("control-names");
    const names = named ? JSON.parse(named.textContent) : {};
    for (const control of document.querySelectorAll("[x-on\\:click]")) {
      makeOperable(control, names);
    }
    hideIcons();
  }

  document.addEventListener("alpine:initialized", start);
  document.addEventListener("htmx:afterSettle", start);
  document.addEventListener("keydown", escape);
  document.addEventListener("focusout", leave);
})();
