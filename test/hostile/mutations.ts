/**
 * Seeded damage: to JSON, one value at a time, and to bytes.
 *
 *   mutatedJson('{"a":[1,2]}', random)   // '{"a":[1,-2]}', '{"a":{"0":1,"1":2}}', '{}', '{"a":[1,2],"__proto__":1}', ...
 */
import type { Random } from "../support/random.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const odd: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  1,
  2.5,
  -0.5,
  1.33,
  1e308,
  -1e308,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  1e-320,
  "",
  "0",
  "1",
  "f32",
  "constructor",
  "__proto__",
  "\u0000",
  "NaN",
  [],
  [0],
  [[1]],
  {},
  { length: 1 },
  { "0": 1 },
];
const oddKeys = ["__proto__", "constructor", "toString", "length", "0", "extra", ""];

export function mutatedJson(json: string, random: Random): string {
  const root = JSON.parse(json) as Json;
  const holders: [holder: Json[] | { [key: string]: Json }, key: string][] = [];
  const visit = (value: Json): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      holders.push([value, key]);
      visit(inner as Json);
    }
  };
  visit(root);
  const [holder, key] = random.pick(holders) as [Record<string, Json>, string];
  const value = holder[key]!;
  const [other, otherKey] = random.pick(holders) as [Record<string, Json>, string];
  switch (random.integer(0, 9)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
      break;
    case 1:
      [holder[key], other[otherKey]] = [other[otherKey]!, value];
      break;
    case 2:
      holder[key] = [value];
      break;
    case 3:
      holder[key] = { [random.pick(oddKeys)]: value };
      break;
    case 4:
      if (Array.isArray(holder)) holder.push(value);
      else Object.defineProperty(holder, random.pick(oddKeys), { value, enumerable: true, configurable: true });
      break;
    case 5:
      holder[key] = typeof value === "number" ? -value : String(value);
      break;
    case 6:
      holder[key] = typeof value === "number" ? value + 0.5 : structuredClone(random.pick(odd));
      break;
    default:
      holder[key] = structuredClone(random.pick(odd));
  }
  // A swap may have put a value into itself.
  try {
    const text = JSON.stringify(root);
    return random.integer(0, 19) === 0 ? duplicated(text, key) : text;
  } catch {
    return json.slice(0, random.integer(0, json.length - 1));
  }
}

const duplicated = (text: string, key: string): string => text.replace(/\{/, `{${JSON.stringify(key)}:1,`);

export function mutatedBytes(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const at = random.integer(0, bytes.length - 1);
  const length = random.integer(1, 8);
  switch (random.integer(0, 5)) {
    case 0:
      return bytes.slice(0, at) as Uint8Array<ArrayBuffer>;
    case 1:
      return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + length)]);
    case 2:
      return Uint8Array.from([
        ...bytes.subarray(0, at),
        ...new Uint8Array(length).fill(random.integer(0, 255)),
        ...bytes.subarray(at),
      ]);
    case 3:
      return Uint8Array.from(bytes, (byte, i) => (i >= at && i < at + length ? random.integer(0, 255) : byte));
    default:
      return Uint8Array.from(bytes, (byte, i) => (i === at ? byte ^ (1 << random.integer(0, 7)) : byte));
  }
}
