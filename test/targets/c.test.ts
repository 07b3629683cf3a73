/** The C that a network becomes, compiled by the system's compiler, computes the bits of the module. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Manifest, Slot } from "../../compiler/bindings/manifest.ts";
import { compile } from "../../compiler/compile.ts";
import { identifier, identifiers, stringLiteral } from "../../compiler/targets/c/names.ts";
import { writeC } from "../../compiler/targets/c/write.ts";
import { loadInference } from "../../runtime/infer.ts";
import { elementCount } from "../../runtime/section.ts";
import { networks } from "../hosts/networks.ts";
import { isMissing } from "../support/missing.ts";
import { bitsOf, columns, STEPS, samples, trained } from "./samples.ts";

const lacksCompiler = isMissing("a C compiler called cc", spawnSync("cc", ["--version"]).status === 0);

const folder = mkdtempSync(join(tmpdir(), "nabla-c-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const networksToTry = Object.entries(await samples());

describe.skipIf(lacksCompiler)("compiled by cc", () => {
  for (const flags of [[], ["-O0", "-DNABLA_BOUNDS_CHECKS"]]) {
    test.each(networksToTry)(`%s infers Node's bits ${flags}`, async (_, { infer: { wasm, manifest } }) => {
      const outputs = (await loadInference(wasm as BufferSource)).infer(columns(manifest.inputs, manifest.batch));
      const printed = run(wasm, manifest, flags, [
        ...filled(manifest.inputs, "input", manifest.batch),
        `if (net_infer(NET_BATCH + 1) != 1 || net_infer(NET_BATCH)) return 1;`,
        ...manifest.outputs.map((slot) => `print(net_output_${slot.name}(), NET_BATCH * ${elementCount(slot.dims)});`),
      ]);
      expect(printed).toEqual(Object.values(outputs).flatMap((output) => bitsOf(output)));
    });

    test.each(networksToTry)(`%s trains to Node's bits ${flags}`, async (_, { train: { wasm, manifest } }) => {
      const net = await trained(wasm, 5);
      const { inputs, targets, batch } = manifest;
      const { loss } = net.evaluate(columns(inputs, batch), columns(targets, batch));
      const printed = run(wasm, manifest, flags, [
        "net_init(5);",
        ...filled(inputs, "input", batch),
        ...filled(targets, "target", batch),
        `for (int i = 0; i < ${STEPS}; i++) if (net_step(NET_BATCH)) return 1;`,
        "if (net_evaluate(NET_BATCH)) return 1;",
        `if (net_steps() != ${STEPS}) return 1;`,
        ...states(manifest.parameters, "parameter"),
        ...states(manifest.optimizer, "optimizer"),
        `float loss = net_loss(); print(&loss, 1);`,
      ]);
      const tensors = [...Object.values(net.parameters), ...Object.values(net.optimizer), [loss]];
      expect(printed).toEqual(tensors.flatMap((tensor) => bitsOf(tensor)));
    });
  }

  test("saved state, written back, goes on as if nothing had been", async () => {
    const { wasm, manifest } = networksToTry[0]![1].train;
    const { inputs, targets, batch } = manifest;
    const printed = run(
      wasm,
      manifest,
      [],
      [
        "static char saved[NET_STATE_BYTES];",
        ...filled(inputs, "input", batch),
        ...filled(targets, "target", batch),
        "net_step(NET_BATCH); memcpy(saved, net_state(), NET_STATE_BYTES);",
        "net_step(NET_BATCH); float first = net_loss(); print(&first, 1);",
        "net_init(3); memcpy(net_state(), saved, NET_STATE_BYTES);",
        "net_step(NET_BATCH); float again = net_loss(); print(&again, 1);",
      ],
    );
    expect(printed).toHaveLength(2);
    expect(printed[1]).toBe(printed[0]);
  });

  test("names and labels of all kinds compile without a warning", () => {
    const { wasm, manifest } = networksToTry[0]![1].infer;
    const hostile = ["/*", "*/", "/*/", "??/", "a\\", '"', "a\nb", "\u202e", "\u001b[2J", "größe", "%s", "'"];
    const slot = (name: string): Slot => ({ ...manifest.outputs[0]!, name, classes: hostile.length, labels: hostile });
    const outputs = ["int", "größe", "grüße", "class", "$", "x_SIZE", "x", "NULL"].map(slot);
    for (const name of ["int", "nabla", "1größe it's ;", "a\u00a0b"]) {
      const { source, header } = writeC(wasm, { ...manifest, outputs }, name);
      writeFileSync(join(folder, `${name}.c`), source);
      writeFileSync(join(folder, `${name}.h`), header);
      const flags = ["-Wall", "-Wextra", "-Wno-unused", "-Wno-unused-parameter", "-Werror", "-c", "-o", "/dev/null"];
      execFileSync("cc", [...flags, join(folder, `${name}.c`)], { stdio: "pipe" });
    }
    for (const name of ['a"b', "a\nb", "a\\", "../a", "a*/b", "a??/"])
      expect(() => writeC(wasm, manifest, name)).toThrow(/build\/name/);
  });

  test.each(["3d-net", "Z__a.train", "_"])("a network called %s compiles", (name) => {
    const { wasm, manifest } = networksToTry[0]![1].infer;
    const { source, header } = writeC(wasm, manifest, name);
    for (const [end, text] of Object.entries({ c: source, h: header }))
      writeFileSync(join(folder, `${name}.${end}`), text);
    execFileSync("cc", ["-std=c11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", `${name}.c`], {
      cwd: folder,
      stdio: "pipe",
    });
  });

  test("float64", async () => {
    const { wasm, manifest } = await compile(networks["tanh, sgd"], { mode: "infer", dtype: "f64" });
    const given = columns(manifest.inputs, 3);
    const { y } = (await loadInference(wasm as BufferSource)).infer(given);
    const printed = run(
      wasm,
      manifest,
      [],
      [
        ...filled(manifest.inputs, "input", 3),
        "if (net_infer(3)) return 1;",
        "print(net_output_y(), 2 * 3 * NET_OUTPUT_Y_SIZE);",
      ],
    );
    expect(printed).toEqual(Array.from(new Uint32Array(y!.buffer), (bits) => bits.toString(16).padStart(8, "0")));
  });
});

test("names become identifiers, each its own", () => {
  expect(identifier("my-net 2")).toBe("my_net_2");
  expect(identifier("3d")).toBe("_3d");
  expect(identifiers(["a.b", "a_b", "A b", "größe"])).toEqual(["a_b", "a_b_2", "A_b_3", "gr__e"]);
});

test("labels become strings that mean the same in C", () => {
  expect(stringLiteral("setosa")).toBe('"setosa"');
  expect(stringLiteral('a"b\\c??=')).toBe('"a\\042b\\134c\\077\\077="');
  expect(stringLiteral("ä\n")).toBe('"\\303\\244\\012"');
});

const states = (slots: readonly Slot[], kind: string): string[] =>
  identifiers(slots.map((slot) => slot.name)).map(
    (id) => `print(net_${kind}_${id}(), NET_${`${kind}_${id}`.toUpperCase()}_SIZE);`,
  );

/** Statements that write `columns` to the network. */
const filled = (slots: readonly Slot[], kind: string, rows: number): string[] => {
  const given = columns(slots, rows);
  const types = { f32: "float", f64: "double", i32: "int32_t" };
  return slots.map(({ name, dtype }) => {
    const values = given[name]!;
    return `{ static const ${types[dtype]} v[] = {${values}}; memcpy(net_${kind}_${name}(), v, sizeof v); }`;
  });
};

/** Compiles the network with a program of these statements, without a warning; the words that it prints. */
function run(wasm: Uint8Array, manifest: Manifest, flags: readonly string[], statements: readonly string[]): string[] {
  const { source, header } = writeC(wasm, manifest, "net");
  const main = `#include <stdio.h>\n#include <string.h>\n#include "net.h"
    static void print(const void *words, int count) {
      for (int i = 0; i < count; i++) {
        uint32_t word;
        memcpy(&word, (const char *)words + 4 * i, 4);
        printf("%08x\\n", (unsigned)word);
      }
    }
    int main(void) {\n${statements.join("\n")}\nreturn 0;\n}`;
  const files = { "net.c": source, "net.h": header, "main.c": main };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  const options = ["-O2", "-ffp-contract=off", "-std=c11", "-Wall", "-Wextra", "-Werror", ...flags];
  execFileSync("cc", [...options, "main.c", "net.c", "-o", "net", "-lm"], { cwd: folder, stdio: "pipe" });
  return execFileSync(join(folder, "net"), { encoding: "utf8" }).trim().split("\n");
}
