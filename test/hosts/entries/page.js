/** A browser: streams each module, and leaves the digests, or what went wrong, where the test looks. */
import { digests } from "./work.js";

try {
  const cases = await (await fetch("cases.json")).json();
  globalThis.outcome = { digests: await digests(cases, (file) => fetch(file)) };
} catch (error) {
  globalThis.outcome = { error: String(error) };
}
document.title = "done";
