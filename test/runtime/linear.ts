/**
 * A linear classifier written by hand in WebAssembly text, so that the loader is tested against the module interface itself and
 * not against what the compiler makes of it.
 *
 *   y[r,j] = b[j] + sum over k of x[r,k] * W[k,j]
 *   loss = mean over r of sum over j of (y[r,j] - onehot[r,j])^2 / 2
 *   step: W -= 0.1 dW;  v = 0.9 v + db;  b -= 0.1 v
 */
import wabt from "wabt";
import { appendSection, encodeSection } from "../../compiler/bindings/section.ts";
import type { Signature, Slot } from "../../runtime/section.ts";

export const HASH = "5e".repeat(32);

interface Choice {
  mode?: "train" | "infer";
  dtype?: "f32" | "f64";
  batch?: number;
  hash?: string;
  change?: Partial<Signature>;
}

/** Inputs x [features], targets label of `classes`, outputs y [classes]; the memory is one page. */
const FEATURES = 4;
const CLASSES = 3;

export function linearSignature({
  mode = "train",
  dtype = "f32",
  batch = 8,
  hash = HASH,
  change,
}: Choice = {}): Signature {
  const bytes = dtype === "f32" ? 4 : 8;
  let end = 64;
  const place = (count: number, size = bytes) => {
    const offset = end;
    end += Math.ceil((count * size) / 8) * 8;
    return offset;
  };
  const slot = (name: string, dims: number[], rows = 1): Slot => ({
    name,
    offset: place(rows * dims.reduce((a, b) => a * b, 1)),
    dims,
    dtype,
  });
  const inputs = [slot("x", [FEATURES], batch)];
  const label = { name: "label", offset: place(batch, 4), dims: [], dtype: "i32", classes: CLASSES } as const;
  const outputs = [{ ...slot("y", [CLASSES], batch), classes: CLASSES, labels: ["setosa", "versicolor", "virginica"] }];
  const parameters = [slot("out.weight", [FEATURES, CLASSES]), slot("out.bias", [CLASSES])];
  const optimizer = [slot("out.bias.velocity", [CLASSES])];
  const scalars = { loss: place(1), seed: place(1, 4), step: place(1, 4), hash };
  const train = { targets: [label], parameters, optimizer, ...scalars };
  const none = { targets: [], parameters: [], optimizer: [] };
  return { format: 1, mode, dtype, batch, inputs, outputs, ...(mode === "train" ? train : none), ...change };
}

/** The module, its section at its end. */
export async function linearModule(choice: Choice = {}): Promise<Uint8Array<ArrayBuffer>> {
  const { parseWat } = await wabt();
  const parsed = parseWat("linear.wat", linearText(choice));
  const { buffer } = parsed.toBinary({});
  parsed.destroy();
  return Uint8Array.from(appendSection(buffer, encodeSection(linearSignature(choice))));
}

function linearText(choice: Choice): string {
  const { dtype: t, batch } = linearSignature(choice);
  // The layout does not depend on the mode; an infer module finds its weights (init of seed 1) where training has them.
  const at = linearSignature({ ...choice, mode: "train", change: {} });
  const bytes = t === "f32" ? 4 : 8;
  const offset = (slots: readonly Slot[], i = 0) => slots[i]!.offset;
  const [x, y, label] = [offset(at.inputs), offset(at.outputs), offset(at.targets)];
  const [weight, bias, velocity] = [offset(at.parameters), offset(at.parameters, 1), offset(at.optimizer)];
  const address = (base: number, index: string) =>
    `(i32.add (i32.const ${base}) (i32.mul ${index} (i32.const ${bytes})))`;
  const cell = (row: string, width: number, column: string) =>
    `(i32.add (i32.mul ${row} (i32.const ${width})) ${column})`;
  const load = (base: number, index: string) => `(${t}.load ${address(base, index)})`;
  const store = (base: number, index: string, value: string) => `(${t}.store ${address(base, index)} ${value})`;
  const loop = (index: string, end: string, body: string) => `
    (local.set ${index} (i32.const 0))
    (loop $${index.slice(1)}_loop ${body}
      (local.set ${index} (i32.add (local.get ${index}) (i32.const 1)))
      (br_if $${index.slice(1)}_loop (i32.lt_u (local.get ${index}) ${end})))`;
  const r = "(local.get $r)";
  const j = "(local.get $j)";
  const k = "(local.get $k)";
  const n = "(local.get $n)";
  const checkN = `(if (i32.gt_u (i32.sub ${n} (i32.const 1)) (i32.const ${batch - 1})) (then (return (i32.const 1))))`;
  const labelOf = `(i32.load (i32.add (i32.const ${label}) (i32.mul ${r} (i32.const 4))))`;
  const checkLabels = loop("$r", n, `(if (i32.ge_u ${labelOf} (i32.const ${CLASSES})) (then (return (i32.const 2))))`);
  const locals = `(local $r i32) (local $j i32) (local $k i32) (local $sum ${t}) (local $d ${t})`;
  const oneHot = `(${t}.convert_i32_u (i32.eq ${labelOf} ${j}))`;
  const error = `(${t}.sub ${load(y, cell(r, CLASSES, j))} ${oneHot})`;
  const rows = `(${t}.convert_i32_u ${n})`;
  const nudge = (base: number, index: string, by: string) =>
    store(base, index, `(${t}.sub ${load(base, index)} (${t}.mul (${t}.const 0.1) ${by}))`);
  const addTo = (value: string) => `(local.set $sum (${t}.add (local.get $sum) ${value}))`;
  const clear = `(local.set $sum (${t}.const 0))`;
  const train = `
  (func (export "evaluate") (param $n i32) (result i32) ${locals}
    ${checkN} ${checkLabels}
    (drop (call $infer ${n})) (call $loss ${n}) (i32.const 0))
  (func (export "step") (param $n i32) (result i32) ${locals}
    ${checkN} ${checkLabels}
    (drop (call $infer ${n})) (call $loss ${n})
    ${loop(
      "$j",
      `(i32.const ${CLASSES})`,
      `${loop(
        "$k",
        `(i32.const ${FEATURES})`,
        `${clear}
        ${loop("$r", n, addTo(`(${t}.mul ${load(x, cell(r, FEATURES, k))} ${error})`))}
        ${nudge(weight, cell(k, CLASSES, j), `(${t}.div (local.get $sum) ${rows})`)}`,
      )}
      ${clear}
      ${loop("$r", n, addTo(error))}
      ${store(velocity, j, `(${t}.add (${t}.mul (${t}.const 0.9) ${load(velocity, j)}) (${t}.div (local.get $sum) ${rows}))`)}
      ${nudge(bias, j, load(velocity, j))}`,
    )}
    (i32.store (i32.const ${at.step}) (i32.add (i32.load (i32.const ${at.step})) (i32.const 1)))
    (i32.const 0))
  (func $loss (param $n i32) ${locals}
    ${loop(
      "$r",
      n,
      loop(
        "$j",
        `(i32.const ${CLASSES})`,
        `(local.set $d ${error}) ${addTo(`(${t}.mul (local.get $d) (local.get $d))`)}`,
      ),
    )}
    (${t}.store (i32.const ${at.loss}) (${t}.div (local.get $sum) (${t}.mul (${t}.const 2) ${rows}))))
  (export "init" (func $init))`;
  return `(module
  (memory (export "memory") 1 1)
  (func $init (param $seed i32) ${locals}
    (memory.fill (i32.const ${bias}) (i32.const 0) (i32.const ${at.loss! + bytes - bias}))
    ${loop(
      "$j",
      `(i32.const ${FEATURES * CLASSES})`,
      store(
        weight,
        j,
        `(${t}.div (${t}.convert_i32_u (i32.rem_u (i32.add (i32.mul ${j} (i32.const 7)) (local.get $seed)) (i32.const 11))) (${t}.const 10))`,
      ),
    )}
    (i32.store (i32.const ${at.seed}) (local.get $seed))
    (i32.store (i32.const ${at.step}) (i32.const 0)))
  (func $infer (export "infer") (param $n i32) (result i32) ${locals}
    ${checkN}
    ${loop(
      "$r",
      n,
      loop(
        "$j",
        `(i32.const ${CLASSES})`,
        `(local.set $sum ${load(bias, j)})
        ${loop("$k", `(i32.const ${FEATURES})`, addTo(`(${t}.mul ${load(x, cell(r, FEATURES, k))} ${load(weight, cell(k, CLASSES, j))})`))}
        ${store(y, cell(r, CLASSES, j), "(local.get $sum)")}`,
      ),
    )}
    (i32.const 0))
  ${at && choice.mode === "infer" ? "(start $weights) (func $weights (call $init (i32.const 1)))" : train})`;
}

/** y of one row in float64, for weights [4, 3] and biases [3]. */
export const linearReference = (x: ArrayLike<number>, weight: ArrayLike<number>, bias: ArrayLike<number>): number[] =>
  [0, 1, 2].map((j) => bias[j]! + [0, 1, 2, 3].reduce((sum, k) => sum + x[k]! * weight[k * CLASSES + j]!, 0));
