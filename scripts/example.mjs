/** Runs an example by its folder's name: `npm run example -- approximation`; without a name, lists them. */
import { existsSync, readdirSync } from "node:fs";

const folder = new URL("../examples/", import.meta.url);
const start = (name) => new URL(`${name}/start.mjs`, folder);
const names = readdirSync(folder).filter((name) => existsSync(start(name)));
const [, , name, ...rest] = process.argv;
if (!names.includes(name)) {
  const problem = name === undefined ? "usage: npm run example -- NAME" : `there is no example "${name}"`;
  console.error(`${problem}; the examples are ${names.join(", ")}`);
  process.exit(2);
}
// The example reads its own arguments, as if it had been started directly.
process.argv = [process.argv[0], start(name).pathname, ...rest];
await import(start(name).href);
