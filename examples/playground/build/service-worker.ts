/**
 * The script that keeps the page working without a network: it stores every file of the build and answers from its store.
 * The names of files carry hashes, and the store's name a hash of these and of the page: another build has another store.
 */
import { createHash } from "node:crypto";

/** `files`: relative to the page, whose text is `page`. */
export function workerCode(files: readonly string[], page: string): string {
  const all = ["./", ...files.filter((file) => file !== "index.html").sort()];
  const hash = createHash("sha256").update(all.join("\n")).update(page).digest("hex");
  const store = `playground-${hash.slice(0, 8)}`;
  return `const store = ${JSON.stringify(store)};
const files = ${JSON.stringify(all)};
addEventListener("install", (event) => {
  event.waitUntil(caches.open(store).then((cache) => cache.addAll(files)).then(() => skipWaiting()));
});
addEventListener("activate", (event) => {
  const isOld = (name) => name.startsWith("playground-") && name !== store;
  const clean = caches.keys().then((names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name))));
  event.waitUntil(clean.then(() => clients.claim()));
});
addEventListener("fetch", (event) => {
  event.respondWith(caches.match(event.request, { ignoreSearch: true }).then((found) => found ?? fetch(event.request)));
});
`;
}
