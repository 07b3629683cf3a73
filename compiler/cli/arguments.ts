/**
 * What was typed, before it is parsed: an option whose value may be left out takes the word after it, which may be the model.
 *
 *   ["inspect", "--html", "iris.model.ts"]   ->   ["inspect", "iris.model.ts", "--html"]
 */

/** Its value stands behind an = only. */
const dump = "--dump";

const optional: ReadonlySet<string> = new Set(["--html", "--resume", "--report"]);

const isModel = (word: string | undefined): boolean => word !== undefined && /\.[cm]?[jt]sx?$/i.test(word);

export function readyToParse(args: readonly string[]): string[] {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  const options = args.slice(0, end).map((word) => (word === dump ? `${dump}=` : word));
  const kept: string[] = [];
  const moved: string[] = [];
  // From behind, since one that has been moved leaves the model to the option before it.
  for (const word of options.toReversed())
    if (optional.has(word) && isModel(kept[0])) moved.unshift(word);
    else kept.unshift(word);
  return [...kept, ...moved, ...args.slice(end)];
}
