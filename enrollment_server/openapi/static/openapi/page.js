"use strict";

const links = Array.from(document.querySelectorAll("nav a[data-url]"));
const asked = Number(new URLSearchParams(location.search).get("document"));
const chosen = links[asked] || links[0];

chosen.setAttribute("aria-current", "page");
window.swaggerUi = SwaggerUIBundle({
  url: chosen.dataset.url,
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  // The default would send the document to somebody else's server.
  validatorUrl: null,
});
