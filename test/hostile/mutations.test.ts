/**
 * 3,000 seeded mutations of each format that a reader is given by others: every one is refused in words, or is what it was.
 * NABLA_MUTATIONS=100000 tries more.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadInference } from "nabla/runtime";
import { afterAll, describe, expect, test } from "vitest";
import { readModule } from "../../compiler/bindings/read-module.ts";
import { appendSection } from "../../compiler/bindings/section.ts";
import { readCheckpoint, writeCheckpoint } from "../../compiler/data/checkpoint.ts";
import { CheckpointError } from "../../compiler/data/checkpointError.ts";
import { decodeSafetensors } from "../../compiler/data/safetensors.ts";
import { readCache } from "../../compiler/plugin/cache.ts";
import { buildBundle } from "../../compiler/tasks/build-bundle.ts";
import { openTraining, shippedWeights } from "../../compiler/tasks/checkpoint.ts";
import { hasSection, withoutSection } from "../../compiler/tasks/field-names.ts";
import { readModelFile } from "../../compiler/tasks/model-file.ts";
import { predict } from "../../compiler/tasks/predict.ts";
import { trainModel } from "../../compiler/tasks/train-model.ts";
import { parseTrainingRecord } from "../../compiler/tasks/training-record.ts";
import { pointsModel, pointsTable } from "../cli/samples.ts";
import { Random } from "../support/random.ts";
import { mutatedBytes, mutatedJson } from "./mutations.ts";

const count = Number(process.env.NABLA_MUTATIONS ?? 3000);
const seeds = Array.from({ length: count }, (_, i) => i);

const folder = mkdtempSync(join(tmpdir(), "nabla-hostile-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string) => join(folder, name);

writeFileSync(path("points.model.ts"), pointsModel());
writeFileSync(path("points.csv"), pointsTable());
const { model } = await readModelFile(path("points.model.ts"));
const weights = path("points.safetensors");
await trainModel({
  model,
  data: path("points.csv"),
  testSplit: 0.2,
  validationSplit: 0.2,
  epochs: 4,
  stopping: { patience: 3 },
  checkpoint: { file: weights },
});
const { tensors, metadata } = readCheckpoint(weights);
const record = metadata.get("nabla.training")!;
const { built } = await buildBundle(model, { name: "points", weights });

/** JSON has no infinity, which a loss may be. */
const infinite = (read: { best?: { loss: number | null } }) =>
  read.best?.loss === null ? { ...read, best: { ...read.best, loss: Number.POSITIVE_INFINITY } } : read;

/** What was thrown; undefined where nothing was. */
const caught = (body: () => unknown): unknown => {
  try {
    body();
    return undefined;
  } catch (error) {
    return error;
  }
};

describe("the record of a training run", () => {
  test(`${count} mutations: refused with a CheckpointError, or read as they stand`, () => {
    let refused = 0;
    for (const seed of seeds) {
      const mutated = mutatedJson(record, new Random(seed));
      try {
        expect(parseTrainingRecord(mutated, "w.safetensors"), `seed ${seed}`).toEqual(infinite(JSON.parse(mutated)));
      } catch (error) {
        expect(error, `seed ${seed}: ${mutated}`).toBeInstanceOf(CheckpointError);
        expect((error as Error).message.length).toBeLessThan(600);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(count / 2);
  });

  test.each([
    ["batch: expected an integer from 1 to 4294967295, got nothing", { batch: undefined }],
    ["seed: expected an integer from 0 to 4294967295, got -1", { seed: -1 }],
    ["next.lossSum: expected a finite number, got nothing", { next: { epoch: 1, position: 0 } }],
    ["next.epoch: expected an integer", { next: { epoch: 1.5, position: 0, lossSum: 0 } }],
    ["classNames.kind[1]: expected a text, got 7", { classNames: { kind: ["a", 7, "c"] } }],
    ["sead: expected one of", { sead: 1 }],
    ["model: expected 64 hexadecimal digits", { model: "9f86" }],
    ["best: expected stopping beside it", { stopping: undefined }],
  ])("forged, with a hash that is right: %s", async (said, change) => {
    const forged = JSON.stringify({ ...JSON.parse(record), ...change });
    const file = path("forged.safetensors");
    writeCheckpoint(file, tensors, new Map([...metadata, ["nabla.training", forged]]));
    expect(() => openTraining(file)).toThrow(said);
    const resumed = trainModel({ model, data: path("points.csv"), epochs: 9, resume: file });
    await expect(resumed).rejects.toThrow(CheckpointError);
    await expect(buildBundle(model, { name: "points", weights: file })).rejects.toThrow(CheckpointError);
  });

  test("a position outside of the data, and tensors of the best epoch that are missing", async () => {
    const file = path("forged.safetensors");
    const forged = JSON.parse(record);
    forged.next = { epoch: 1, position: 4000, lossSum: 0 };
    writeCheckpoint(file, tensors, new Map([...metadata, ["nabla.training", JSON.stringify(forged)]]));
    const resumed = trainModel({ model, data: path("points.csv"), epochs: 9, resume: file });
    await expect(resumed).rejects.toThrow("it stands at row 4000 of an epoch");
    const names = [...tensors.keys()].filter((name) => name.startsWith("best:"));
    expect(names.length).toBe(2);
    for (const gone of [names, names.slice(1), names.slice(0, 1)]) {
      const some = new Map([...tensors].filter(([name]) => !gone.includes(name)));
      writeCheckpoint(file, some, metadata);
      await expect(buildBundle(model, { name: "points", weights: file })).rejects.toThrow("checkpoint/missing-tensor");
    }
  });
});

test(`a safetensors file: ${count} mutations of its header and bytes`, () => {
  const bytes = Buffer.from(writeAndRead());
  const length = Number(bytes.readBigUInt64LE(0));
  const header = bytes.toString("utf8", 8, 8 + length).trimEnd();
  const original = decodeSafetensors(bytes);
  for (const seed of seeds) {
    const random = new Random(seed);
    const json = Buffer.from(mutatedJson(header, random));
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(json.length));
    const forged =
      seed % 2 === 0 ? mutatedBytes(bytes, random) : Buffer.concat([size, json, bytes.subarray(8 + length)]);
    const error = caught(() => decodeSafetensors(forged));
    if (error !== undefined) expect(error, `seed ${seed}`).toBeInstanceOf(CheckpointError);
    else expect(decodeSafetensors(forged).tensors.size).toBeLessThanOrEqual(original.tensors.size + 1);
  }
});

/** Without a hash, which would tell any change. */
function writeAndRead(): Uint8Array {
  const names =
    '{"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"b":{"dtype":"I32","shape":[],"data_offsets":[8,12]}}';
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(names.length));
  return Buffer.concat([size, Buffer.from(names), Buffer.alloc(12, 1)]);
}

test(`the cache of the plugin: ${count} mutations are known to be damaged, or say what they said`, () => {
  const file = path("cache.json");
  const kept = '{"epochs":4,"test":{"loss":0.21,"rows":6,"accuracy":0.5}}';
  const read = (text: string | Uint8Array) => {
    writeFileSync(file, text);
    return readCache(weights, file, { epochs: 4, isTested: true });
  };
  expect(read(kept).record).toEqual(JSON.parse(kept));
  for (const seed of seeds) {
    const random = new Random(seed);
    const mutated = seed % 4 === 0 ? mutatedBytes(Buffer.from(kept), random) : mutatedJson(kept, random);
    const { record: found, fault } = read(mutated);
    if (fault !== undefined) continue;
    expect(found, `seed ${seed}`).toEqual(JSON.parse(Buffer.from(mutated).toString()));
    const { loss, rows, accuracy = 0 } = found!.test!;
    expect([found!.epochs, Number.isFinite(loss), rows > 0, accuracy >= 0 && accuracy <= 1]).toEqual([
      4,
      true,
      true,
      true,
    ]);
  }
  for (const forged of [
    "",
    "{",
    "null",
    '{"epochs":4}',
    kept.replace("0.5", "1.33"),
    kept.replace("4", "5"),
    `${kept}x`,
  ])
    expect(read(forged).fault, forged).toBeDefined();
});

describe("a built module", () => {
  const bare = withoutSection(built.wasm, "nabla");
  const section = Buffer.from(WebAssembly.Module.customSections(new WebAssembly.Module(built.wasm), "nabla")[0]!);
  const point = [0.1, 1.9];
  const sized = (contents: Uint8Array) => new WebAssembly.Module(appendSection(bare, contents));
  const expected = (async () => Object.values((await loadInference(built.wasm)).infer({ point })).map((y) => [...y]))();

  test(`${count} mutations of its section: refused by name, or the same answer`, async () => {
    let refused = 0;
    for (const seed of seeds) {
      const random = new Random(seed);
      const module = sized(
        seed % 4 === 0 ? mutatedBytes(section, random) : Buffer.from(mutatedJson(section.toString(), random)),
      );
      const { signature, fault } = readModule(module);
      if (!signature) {
        expect(fault, `seed ${seed}`).toMatch(/\S/);
        refused++;
      } else if (signature.mode === "infer") {
        const net = await loadInference(module);
        const answer = net.infer({ [signature.inputs[0]!.name]: point });
        expect(
          Object.values(answer).map((y) => [...y]),
          `seed ${seed}`,
        ).toEqual(await expected);
      }
    }
    expect(refused).toBeGreaterThan(count / 2);
  });

  test(`the loader, given ${count} of them: a TypeError, a RangeError, or numbers`, async () => {
    for (const seed of seeds) {
      const random = new Random(seed);
      const module = sized(
        seed % 4 === 0 ? mutatedBytes(section, random) : Buffer.from(mutatedJson(section.toString(), random)),
      );
      try {
        const net = await loadInference(module);
        const names = net.manifest.inputs.map(({ name }) => name);
        const answer = net.infer(Object.fromEntries(names.map((name) => [name, point])));
        for (const y of Object.values(answer)) expect(ArrayBuffer.isView(y), `seed ${seed}`).toBe(true);
      } catch (error) {
        expect([TypeError, RangeError], `seed ${seed}: ${error}`).toContain((error as Error).constructor);
      }
    }
  });

  test.each([
    [{ batch: 1.5 }, "batch"],
    [{ batch: undefined }, "batch"],
    [{ batch: -4 }, "batch"],
    [{ batch: "4" }, "batch"],
    [{ inputs: [{ name: "point", dims: [2] }] }, "offset"],
    [{ inputs: [{ name: "point", offset: 16.5, dims: [2] }] }, "offset"],
    [{ inputs: [{ name: "point", offset: -16, dims: [2] }] }, "offset"],
    [{ inputs: [{ name: "point", offset: "16", dims: [2] }] }, "offset"],
    [{ inputs: [{ name: "point", offset: 2 ** 31, dims: [2] }] }, "offset|length|bounds"],
    [{ inputs: [{ name: "point", offset: 16, dims: [0.3] }] }, "length"],
    [{ inputs: [{ name: "point", offset: 16, dims: [-2] }] }, "length"],
    [{ inputs: [{ name: "point", offset: 16, dims: [2 ** 40] }] }, "length"],
  ])("the loader refuses %j", async (change, said) => {
    const forged = JSON.stringify({ ...JSON.parse(section.toString()), ...change });
    await expect(loadInference(sized(Buffer.from(forged)))).rejects.toThrow(new RegExp(said));
  });

  test(`${count} mutations of its bytes: no raw error and no end that does not come`, async () => {
    for (const seed of seeds) {
      const bytes = mutatedBytes(built.wasm, new Random(seed));
      hasSection(bytes, "nabla");
      const module = await WebAssembly.compile(bytes).catch((error) => error as Error);
      if (module instanceof Error) expect(module).toBeInstanceOf(WebAssembly.CompileError);
      else if (readModule(module).signature) await loadInference(module).catch(expectPlain);
    }
  });

  test("nabla run says what a file is not", async () => {
    const file = path("forged.wasm");
    for (const [change, said] of [
      [{ batch: 2.5 }, "batch: expected an integer"],
      [{ inputs: [] }, "no input or no output"],
      [{ more: 1 }, "more: expected one of format"],
    ] as const) {
      const forged = Buffer.from(JSON.stringify({ ...JSON.parse(section.toString()), ...change }));
      writeFileSync(file, appendSection(bare, forged));
      const asked = predict(file, { data: [path("points.csv")] });
      await expect(asked).rejects.toMatchObject({ name: "UserError", message: expect.stringContaining(said) });
    }
  });
});

/** Instantiating may trap, or find no room. */
function expectPlain(error: unknown): void {
  const kinds = [TypeError, RangeError, WebAssembly.RuntimeError, WebAssembly.LinkError];
  expect(kinds).toContain((error as Error).constructor);
}

test("weights of the best epoch are what ships", () => {
  const shipped = shippedWeights(openTraining(weights));
  expect([...shipped.keys()].some((name) => name.startsWith("best:"))).toBe(false);
});
