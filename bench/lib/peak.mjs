/**
 * The most that 128-bit Wasm can multiply and add here: a loop over registers alone, no memory. Each accumulator becomes
 * sum * x + y, so that no product is shared between two of them; how many hide the latency and still fit in the registers
 * that the engine gives differs by engine, so a few counts are tried and the best one is the peak.
 *
 *   { mulAdd: 55, relaxedMadd: 60 }   GFLOP/s; relaxedMadd is absent where the engine does not know it
 */
import binaryen from "binaryen";
import { timeInTurns } from "./timing.mjs";

const ACCUMULATORS = [8, 10, 12];
const LANES = 4;
const TURNS = 10_000;

const forms = {
  mulAdd: (sum) => `(f32x4.add (f32x4.mul ${sum} (local.get $x)) (local.get $y))`,
  relaxedMadd: (sum) => `(f32x4.relaxed_madd ${sum} (local.get $x) (local.get $y))`,
};

export async function measurePeak(pace) {
  const peak = {};
  for (const [name, form] of Object.entries(forms)) {
    const loops = ACCUMULATORS.map((count) => [count, instantiate(form, count)]).filter(([, loop]) => loop);
    const times = await timeInTurns(Object.fromEntries(loops), pace);
    const speeds = loops.map(([count]) => (2 * LANES * count * TURNS) / times[count] / 1000);
    if (speeds.length) peak[name] = Math.max(...speeds);
  }
  return peak;
}

/** The loop as a function, or undefined where the engine refuses it. */
function instantiate(form, count) {
  const module = binaryen.parseText(moduleText(form, count));
  module.setFeatures(binaryen.Features.All);
  const bytes = module.emitBinary();
  module.dispose();
  if (!WebAssembly.validate(bytes)) return undefined;
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
  // A factor below 1 keeps the sums normal numbers.
  return () => run(TURNS, 0.5);
}

function moduleText(form, count) {
  const sums = Array.from({ length: count }, (_, i) => `$sum${i}`);
  const turn = sums.map((name) => `(local.set ${name} ${form(`(local.get ${name})`)})`);
  const total = sums.map((name) => `(local.get ${name})`).reduce((all, value) => `(f32x4.add ${all} ${value})`);
  return `(module (func (export "run") (param $turns i32) (param $factor f32) (result f32)
    (local $x v128) (local $y v128) ${sums.map((name) => `(local ${name} v128)`).join(" ")}
    (local.set $x (f32x4.splat (local.get $factor)))
    (local.set $y (f32x4.splat (local.get $factor)))
    (; Different starts: equal sums could be computed once. ;)
    ${sums.map((name, i) => `(local.set ${name} (f32x4.splat (f32.const ${i})))`).join(" ")}
    (loop $again
      ${turn.join("\n      ")}
      (local.set $turns (i32.sub (local.get $turns) (i32.const 1)))
      (br_if $again (local.get $turns)))
    (f32x4.extract_lane 0 ${total})))`;
}
