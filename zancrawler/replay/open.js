// Opens the viewer once its service worker is there: by itself it gives up on a slow machine.
(async () => {
  const scope = "/replay/";
  const found = await navigator.serviceWorker.register(`${scope}sw.js?serveIndex=1`, { scope });
  const worker = found.installing || found.waiting || found.active;
  if (worker.state !== "activated") {
    await new Promise((done) => {
      worker.addEventListener("statechange", () => worker.state === "activated" && done());
    });
  }
  const viewer = document.createElement("replay-web-page");
  viewer.setAttribute("source", document.body.dataset.source);
  viewer.setAttribute("replaybase", scope);
  viewer.setAttribute("embed", "default");
  viewer.toggleAttribute("deeplink", true);
  viewer.toggleAttribute("nocache", true);
  document.body.append(viewer);
})();
