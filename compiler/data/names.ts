/** Names in messages: a list cut to what a reader can take in, and the name that was probably meant. */
import { nearest } from "../../runtime/nearest.ts";
import { quote } from "./errors.ts";

/** '"a", "b", "c" and 781 more' */
export function listNames(names: Iterable<string>, shown = 12): string {
  const all = [...names];
  const rest = all.length - shown;
  const head = all.slice(0, shown).map(quote).join(", ");
  return rest > 0 ? `${head} and ${rest} more` : head || "none";
}

/** A sentence for a hint, or nothing where no name is near. */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const meant = nearest(name, candidates);
  return meant === undefined ? undefined : `Did you mean ${quote(meant)}?`;
}
