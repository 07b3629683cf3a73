/** The page: two tasks behind two tabs, of which only the one that is seen trains. */
import { offlineUrl } from "virtual:assets";
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

// Pages of a plain http: address other than localhost have none.
if (offlineUrl) navigator.serviceWorker?.register(offlineUrl);
