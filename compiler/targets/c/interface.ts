/**
 * The functions that a C program calls, and their header.
 *
 *   { name: "iris", inputs: [{ name: "x", dims: [4] }] }  ->  #define IRIS_INPUT_X_SIZE 4
 *                                                             float *iris_input_x(void);
 */
import { elementCount } from "../../../runtime/section.ts";
import { inComment } from "../../bindings/comment.ts";
import { listLabels } from "../../bindings/list-labels.ts";
import type { Manifest, Slot } from "../../bindings/manifest.ts";
import { identifier, identifiers, stringLiteral } from "./names.ts";
import { translatedName } from "./translate.ts";

export interface Interface {
  /** NAME.h */
  readonly header: string;
  /** The definitions, to follow the translated module. */
  readonly definitions: string;
}

interface Function {
  /** What its comment says. */
  readonly says: string;
  readonly declaration: string;
  readonly body: string;
}

const types = { f32: "float", f64: "double", i32: "int32_t" } as const;

export function interfaceOf(manifest: Manifest, name: string): Interface {
  const prefix = identifier(name);
  const functions = [
    ...entriesOf(manifest, prefix),
    ...kinds.flatMap(([kind, list]) => slotsOf(manifest[list], kind, prefix)),
    ...countersOf(manifest, prefix),
  ];
  const defines = [
    `/* The most rows of a call. */\n#define ${prefix.toUpperCase()}_BATCH ${manifest.batch}`,
    ...(manifest.mode === "train"
      ? [
          `/* Of what ${prefix}_state gives. */\n#define ${prefix.toUpperCase()}_STATE_BYTES ${manifest.memory.stateBytes}`,
        ]
      : []),
    ...kinds.flatMap(([kind, list]) => sizesOf(manifest[list], kind, prefix)),
  ];
  return {
    header: headerOf(manifest, prefix, defines, functions),
    definitions: definitionsOf(manifest, prefix, functions),
  };
}

const kinds = [
  ["input", "inputs"],
  ["target", "targets"],
  ["output", "outputs"],
  ["parameter", "parameters"],
  ["optimizer", "optimizer"],
] as const;

function entriesOf({ mode, dtype, loss }: Manifest, prefix: string): Function[] {
  const call = (entry: string, says: string): Function => ({
    says,
    declaration: `int ${prefix}_${entry}(int n)`,
    body: `return (int)w2c_${translatedName(prefix)}_${entry}(net(), (u32)n);`,
  });
  const infer = call(
    "infer",
    "Computes the outputs of the first n rows of the inputs, 1 to the batch. Gives a status.",
  );
  if (mode === "infer") return [infer];
  return [
    infer,
    {
      says: "Draws the initial parameters from the seed; optimiser and step counter to zero. Has happened once at the start.",
      declaration: `void ${prefix}_init(uint32_t seed)`,
      body: `w2c_${translatedName(prefix)}_init(net(), seed);`,
    },
    call(
      "step",
      "One optimiser step on the first n rows of inputs and targets; the loss is that before it. Gives a status.",
    ),
    call("evaluate", "Outputs and loss of the first n rows, with nothing else changed. Gives a status."),
    {
      says: "The mean loss over the rows of the last step or evaluation.",
      declaration: `${types[dtype]} ${prefix}_loss(void)`,
      body: `return *(const ${types[dtype]} *)at(${loss});`,
    },
  ];
}

const slotsOf = (slots: readonly Slot[], kind: string, prefix: string): Function[] =>
  identifiers(slots.map((slot) => slot.name)).map((id, i) => {
    const { dtype, offset } = slots[i]!;
    const type = `${kind === "output" ? "const " : ""}${types[dtype]} *`;
    return {
      says: describe(slots[i]!, kind),
      declaration: `${type}${prefix}_${kind}_${id}(void)`,
      body: `return (${type})at(${offset});`,
    };
  });

const countersOf = ({ mode, step }: Manifest, prefix: string): Function[] =>
  mode === "infer"
    ? []
    : [
        {
          says: "Steps taken since init.",
          declaration: `uint32_t ${prefix}_steps(void)`,
          body: `return *(const uint32_t *)at(${step});`,
        },
        {
          says: "All that training changes, to save and to write back: parameters, optimiser, seed and step counter.",
          declaration: `void *${prefix}_state(void)`,
          body: "return at(0);",
        },
      ];

function describe({ name, dims, classes, labels }: Slot, kind: string): string {
  const shape = dims.length === 0 ? "one number" : `[${dims.join(", ")}]`;
  const rows = kind === "parameter" || kind === "optimizer" ? shape : `${shape} a row`;
  const names = labels ? `: ${listLabels(labels)}` : "";
  const scores = classes === undefined ? "" : `; classes 0 to ${classes - 1}${names}`;
  return inComment(`"${name}", ${rows}${scores}.`);
}

/** How many numbers a row, or the tensor, has, each of its extents, and what classes are called. */
const sizesOf = (slots: readonly Slot[], kind: string, prefix: string): string[] =>
  identifiers(slots.map((slot) => slot.name)).map((id, i) => {
    const { dims, labels } = slots[i]!;
    const macro = `${prefix}_${kind}_${id}`.toUpperCase();
    const extents = dims.map((extent, axis) => `#define ${macro}_DIM${axis} ${extent}`);
    const names = labels ? [`#define ${macro}_LABELS {${labels.map(stringLiteral).join(", ")}}`] : [];
    return [`#define ${macro}_SIZE ${elementCount(dims)}`, ...extents, ...names].join("\n");
  });

const headerOf = (
  { mode, memory, targets }: Manifest,
  prefix: string,
  defines: readonly string[],
  functions: readonly Function[],
): string => `/*
 * Written by nabla: a change here is lost at the next build.
 *
 * Write rows to the inputs, call, read the outputs: all lie in the network's own memory, ${bytesOf(memory)} bytes, static. There is
 * one network, for one thread at a time. A status is 0, or 1 for n outside 1 to the batch${mode === "train" && targets.some((t) => t.classes) ? ", or 2 + k for a label of\n * target k out of its range; then nothing has changed" : ""}.
 */
#ifndef ${prefix.toUpperCase()}_H
#define ${prefix.toUpperCase()}_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

${defines.join("\n\n")}

${functions.map(({ says, declaration }) => `/* ${says} */\n${declaration};`).join("\n\n")}

#ifdef __cplusplus
}
#endif

#endif
`;

/** All bytes of the layout; the module's own memory is whole pages of 64 KiB. */
export const bytesOf = (memory: Manifest["memory"]): number =>
  memory.stateBytes + memory.exchangeBytes + memory.constantBytes + memory.arenaBytes;

/** The network is made when it is first asked for anything; without weights it draws them, as the loader does. */
const definitionsOf = ({ mode, seed, weights }: Manifest, prefix: string, functions: readonly Function[]): string => `
static w2c_${translatedName(prefix)} *net(void) {
  static w2c_${translatedName(prefix)} instance;
  static bool ready;
  if (!ready) {
    ready = true;
    wasm2c_${translatedName(prefix)}_instantiate(&instance);${
      mode === "train" && !weights
        ? `\n    w2c_${translatedName(prefix)}_init(&instance, *(const uint32_t *)(nabla_memory.bytes + ${seed}));`
        : ""
    }
  }
  return &instance;
}

/* The memory at a byte, filled. */
static void *at(uint32_t offset) {
  net();
  return nabla_memory.bytes + offset;
}

${functions.map(({ declaration, body }) => `${declaration} { ${body} }`).join("\n")}
`;
