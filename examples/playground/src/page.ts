/** The page: two tasks behind two tabs, of which only the one that is seen trains. */
import { openDigits } from "./digits-task.ts";
import { openPlane } from "./plane-task.ts";
import { openTabs } from "./tabs.ts";

const byId = (id: string) => document.getElementById(id)!;

const digits = openDigits(byId("digits"));
const plane = openPlane(byId("plane"));
openTabs(document.querySelector<HTMLElement>('[role="tablist"]')!, (panel) => {
  if (panel === "plane") {
    digits.pause();
    plane.visit();
  } else plane.lab.pause();
});

// From a file system, and in a server during development, there is none.
if (import.meta.env.PROD && location.protocol.startsWith("http")) navigator.serviceWorker?.register("./offline.js");
