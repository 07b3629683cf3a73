/** The numbers of a report, as text. */
import { part } from "./dom.ts";
import type { Report } from "./protocol.ts";

const whole = (value: number): string => Math.round(value).toLocaleString("en");

export function showFigures(root: ParentNode, report: Report): void {
  const { accuracy, loss, steps, epochs, stepsPerSecond, failure = "" } = report;
  const show = (name: string, text: string) => {
    part(root, name).textContent = text;
  };
  show("accuracy", `${(100 * accuracy).toFixed(1)} %`);
  show("steps", whole(steps));
  show("epochs", epochs.toFixed(1));
  // A report between two runs has none.
  if (Number.isFinite(loss)) show("loss", loss < 0.0005 ? loss.toExponential(1) : loss.toPrecision(3));
  if (stepsPerSecond > 0) show("speed", whole(stepsPerSecond));
  if (part(root, "failure").textContent !== failure) show("failure", failure);
}
