/**
 * Where the bytes of a module are: its sections and, inside the code, its functions.
 *
 *   codeSize(built.plan, built.wasm)   // -> [{ name: "code", bytes: 1042 }, { name: "data", bytes: 612 }, ...]
 */
import { link } from "../../wasm/link.ts";
import type { ModulePlan } from "../../wasm/plan.ts";
import { headerBytes, readLeb, sectionsOf } from "../../wasm/read-sections.ts";

export interface Part {
  readonly name: string;
  readonly bytes: number;
}

const names = ["custom", "types", "imports", "functions", "tables", "memory", "globals", "exports", "start"];
const laterNames = ["elements", "code", "data", "count of data"];
const customId = 0;
const codeId = 10;

/** They add up to the file. */
export function sectionSizes(wasm: Uint8Array): Part[] {
  const parts = sectionsOf(wasm).map(({ id, content, byteLength }) => ({
    name: id === customId ? `custom: ${textAt(content, 0).text}` : [...names, ...laterNames][id]!,
    bytes: byteLength,
  }));
  return [{ name: "header", bytes: headerBytes }, ...parts];
}

/** Bytes of each function's code, by the name that it has in the plan. */
export function functionSizes(plan: ModulePlan): Part[] {
  const sections = sectionsOf(link(plan, { optimize: true, names: true }).wasm);
  const code = sections.find(({ id }) => id === codeId)!.content;
  const custom = sections.filter(({ id }) => id === customId).map(({ content }) => content);
  const known = functionNames(custom.find((content) => textAt(content, 0).text === "name")!);
  const { value: count, end } = readLeb(code, 0);
  let at = end;
  return Array.from({ length: count }, (_, index) => {
    const { value: length, end: body } = readLeb(code, at);
    const bytes = body + length - at;
    at = body + length;
    return { name: known.get(index) ?? `function ${index}`, bytes };
  });
}

/** The subsection with the names of functions, in the custom section "name". */
function functionNames(section: Uint8Array): Map<number, string> {
  const functionsId = 1;
  const found = new Map<number, string>();
  for (let at = textAt(section, 0).end; at < section.length; ) {
    const { value: length, end: start } = readLeb(section, at + 1);
    if (section[at] === functionsId) {
      const { value: count, end } = readLeb(section, start);
      for (let i = 0, next = end; i < count; i++) {
        const index = readLeb(section, next);
        const name = textAt(section, index.end);
        found.set(index.value, name.text.replace(/^kernel /, ""));
        next = name.end;
      }
    }
    at = start + length;
  }
  return found;
}

function textAt(bytes: Uint8Array, at: number): { text: string; end: number } {
  const { value: length, end: start } = readLeb(bytes, at);
  return { text: new TextDecoder().decode(bytes.subarray(start, start + length)), end: start + length };
}
