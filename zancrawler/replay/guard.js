// The viewer's service worker, with every answer that it gives to a page held to our policy.
const POLICY = [
  "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:",
  "connect-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'self' http://127.0.0.1:*",
  "sandbox allow-scripts allow-same-origin",
].join("; ");
// By these a page has its reader's browser connect or report to others.
const DROPPED = ["Link", "NEL", "Refresh", "Report-To", "Reporting-Endpoints", "Speculation-Rules"];

function guarded(answer) {
  if (answer.type === "error" || answer.status === 0) return answer;
  const headers = new Headers(answer.headers);
  DROPPED.forEach((name) => headers.delete(name));
  headers.append("Content-Security-Policy", POLICY);
  headers.set("Connection-Allowlist", "(response-origin); redirects=allow; webrtc=block");
  headers.set("Referrer-Policy", "same-origin");
  headers.set("X-DNS-Prefetch-Control", "off");
  const { status, statusText } = answer;
  return new Response(answer.body, { status, statusText, headers });
}

// The viewer runs the same script as a plain worker too, which answers nobody.
if (self.FetchEvent) {
  const respondWith = FetchEvent.prototype.respondWith;
  FetchEvent.prototype.respondWith = function (answer) {
    // A window of its own could lead itself elsewhere; a frame in ours cannot.
    const isFramed = this.request.destination !== "document";
    const refused = new Response("A capture is shown in the viewer only.\n", { status: 403 });
    respondWith.call(this, isFramed ? Promise.resolve(answer).then(guarded) : refused);
  };
}

importScripts("/replay/wabac.js");
