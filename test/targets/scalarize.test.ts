/** The scalar form of a module has no vector instruction and computes the same bits. */
import { describe, expect, test } from "vitest";
import wabt from "wabt";
import { compile } from "../../compiler/compile.ts";
import { scalarize } from "../../compiler/targets/scalar/scalarize.ts";
import { networks } from "../hosts/networks.ts";
import { digests } from "../hosts/work.ts";

describe.each(["f32", "f64"] as const)("%s", (dtype) => {
  test.each(Object.entries(networks))("%s: 200 steps give the same bits", async (_, model) => {
    const { wasm } = await compile(model, { dtype });
    const scalar = scalarize(wasm);
    const text = (await wabt()).readWasm(scalar, {}).toText({});
    expect(text).not.toMatch(/v128|[if](8x16|16x8|32x4|64x2)/);
    const [expected, found] = await Promise.all([wasm, scalar].map((bytes) => digest(bytes)));
    expect(found).toBe(expected);
  });
});

const digest = async (wasm: Uint8Array) =>
  (await digests([{ name: "net", kind: "train", file: "" }], () => wasm as BufferSource)).net;
