/** Checkpoints on disk: damage is found, and a kill at any moment leaves a whole one. */
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { previousPath, readCheckpoint, writeCheckpoint } from "../../compiler/data/checkpoint.ts";
import { CheckpointError } from "../../compiler/data/checkpointError.ts";
import { encodeSafetensors, type Tensor, type Tensors } from "../../compiler/data/safetensors.ts";

/** Calls to the file system that still succeed; the one after them dies halfway, and all later ones fail. */
const kill = vi.hoisted(() => ({ after: Number.POSITIVE_INFINITY, calls: 0 }));

vi.mock("node:fs", async (original) => {
  const real = await original<typeof import("node:fs")>();
  const changing = ["openSync", "writeFileSync", "fsyncSync", "closeSync", "linkSync", "renameSync", "rmSync"] as const;
  const wrapped = changing.map((name) => {
    const call = real[name] as (...args: unknown[]) => unknown;
    const killable = (...args: unknown[]) => {
      if (kill.calls++ < kill.after) return call(...args);
      // A process killed while it writes leaves a part of the bytes.
      if (name === "writeFileSync" && kill.calls === kill.after + 1)
        call(args[0], (args[1] as Uint8Array).subarray(0, 50));
      throw new Error("killed");
    };
    return [name, killable] as const;
  });
  return { ...real, ...Object.fromEntries(wrapped) };
});

let folder: string;
let path: string;

beforeEach(() => {
  Object.assign(kill, { after: Number.POSITIVE_INFINITY, calls: 0 });
  folder = fs.mkdtempSync(join(tmpdir(), "nabla-checkpoint-"));
  path = join(folder, "net.safetensors");
});

afterEach(() => {
  kill.after = Number.POSITIVE_INFINITY;
  fs.rmSync(folder, { recursive: true });
});

const tensors = (value: number): Tensors =>
  new Map<string, Tensor>([
    ["hidden.weight", { dtype: "F32", shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, value) }],
    ["step", { dtype: "I32", shape: [], data: Int32Array.of(value) }],
  ]);
const metadata = new Map([["epoch", "3"]]);
const stepOf = (file: string) => readCheckpoint(file).tensors.get("step")!.data[0];

function refusal(file: string): CheckpointError {
  try {
    readCheckpoint(file);
  } catch (error) {
    if (error instanceof CheckpointError) return error;
    throw error;
  }
  throw new Error("was read, not refused");
}

describe("checkpoint: intact", () => {
  test("what was written is read back, verified, and nothing else lies around", () => {
    writeCheckpoint(path, tensors(7), metadata);
    expect(readCheckpoint(path)).toEqual({ tensors: tensors(7), metadata, verified: true });
    expect(fs.readdirSync(folder)).toEqual(["net.safetensors"]);
  });

  test("never refused, whatever the metadata", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom('"nabla.sha256":"', "__proto__", 'x"nabla.sha256'),
    );
    const pairs = fc.uniqueArray(fc.tuple(text, text), { selector: ([key]) => key, maxLength: 4 });
    fc.assert(
      fc.property(pairs, (pairs) => {
        writeCheckpoint(path, tensors(1), new Map(pairs));
        expect(readCheckpoint(path)).toMatchObject({ metadata: new Map(pairs), verified: true });
      }),
      { numRuns: 30 },
    );
  });

  test("a file from elsewhere is read, unverified", () => {
    fs.writeFileSync(path, encodeSafetensors(tensors(7), new Map([["format", "pt"]])));
    expect(readCheckpoint(path)).toMatchObject({ verified: false, metadata: new Map([["format", "pt"]]) });
  });

  test("the reserved keys are refused", () => {
    expect(() => writeCheckpoint(path, tensors(1), new Map([["nabla.sha256", "x"]]))).toThrow(RangeError);
    expect(fs.existsSync(path)).toBe(false);
  });
});

describe("checkpoint: damaged", () => {
  test("every bit, flipped, is found", () => {
    writeCheckpoint(path, tensors(7), metadata);
    const bytes = fs.readFileSync(path);
    const [damaged, missed] = [join(folder, "damaged"), [] as number[]];
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Uint8Array.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      fs.writeFileSync(damaged, changed);
      if (!throwsCheckpointError(damaged)) missed.push(bit);
    }
    expect(missed).toEqual([]);
    expect(bytes.length * 8).toBeGreaterThan(2000);
  });

  test("every shorter length is found, and a longer one", () => {
    writeCheckpoint(path, tensors(7), metadata);
    const bytes = fs.readFileSync(path);
    const damaged = join(folder, "damaged");
    for (let length = 0; length < bytes.length; length++) {
      fs.writeFileSync(damaged, bytes.subarray(0, length));
      expect(throwsCheckpointError(damaged), `${length} bytes`).toBe(true);
    }
    fs.writeFileSync(damaged, Buffer.concat([bytes, Buffer.of(0)]));
    expect(throwsCheckpointError(damaged)).toBe(true);
  });

  test("the refusal names the file, the reason and the previous one", () => {
    writeCheckpoint(path, tensors(1));
    writeCheckpoint(path, tensors(2));
    const bytes = fs.readFileSync(path);
    bytes[bytes.length - 1]! ^= 1;
    fs.writeFileSync(path, bytes);
    expect(refusal(path).message.replaceAll(`${folder}/`, "")).toMatchInlineSnapshot(`
      "net.safetensors checkpoint/damaged
        the file was changed or cut short: its SHA-256 is not the one it was written with
        The one written before it is there: net.safetensors.previous"
    `);
    expect(stepOf(previousPath(path))).toBe(1);
    expect(refusal(join(folder, "absent"))).toMatchObject({ code: "checkpoint/unreadable", hint: undefined });
  });

  test("a header written anew by another program is told from a foreign file", () => {
    fs.writeFileSync(path, encodeSafetensors(tensors(7), new Map([["nabla.format", "1"]])));
    expect(refusal(path).code).toBe("checkpoint/damaged");
  });
});

const throwsCheckpointError = (file: string): boolean => {
  try {
    readCheckpoint(file);
    return false;
  } catch (error) {
    return error instanceof CheckpointError;
  }
};

describe("checkpoint: replaced", () => {
  test("the one before is kept", () => {
    for (const step of [1, 2, 3]) writeCheckpoint(path, tensors(step));
    expect([stepOf(path), stepOf(previousPath(path))]).toEqual([3, 2]);
    expect(fs.readdirSync(folder).sort()).toEqual(["net.safetensors", "net.safetensors.previous"]);
  });

  test("a damaged one does not push out the good one before it", () => {
    for (const step of [1, 2]) writeCheckpoint(path, tensors(step));
    fs.writeFileSync(path, "damaged");
    writeCheckpoint(path, tensors(3));
    expect([stepOf(path), stepOf(previousPath(path))]).toEqual([3, 1]);
  });

  test("after a kill at any call to the file system both are whole, and the next save works", () => {
    writeCheckpoint(path, tensors(0));
    writeCheckpoint(path, tensors(1));
    const outcomes = new Set<string>();
    for (let after = 0; ; after++) {
      const before = stepOf(path)!;
      Object.assign(kill, { after, calls: 0 });
      const survived = attempt(() => writeCheckpoint(path, tensors(before + 1)));
      const died = kill.calls > after;
      kill.after = Number.POSITIVE_INFINITY;
      const [now, previous] = [stepOf(path)!, stepOf(previousPath(path))!];
      outcomes.add(`${now - before} ${now - previous}`);
      if (survived) expect(now).toBe(before + 1);
      if (!died) break;
      writeCheckpoint(path, tensors(now + 1));
      expect([stepOf(path), stepOf(previousPath(path))]).toEqual([now + 1, now]);
      expect(fs.readdirSync(folder).sort()).toEqual(["net.safetensors", "net.safetensors.previous"]);
    }
    // Killed before the previous one is replaced, between the renames, after them.
    expect([...outcomes].sort()).toEqual(["0 0", "0 1", "1 1"]);
  });
});

function attempt(body: () => void): boolean {
  try {
    body();
    return true;
  } catch {
    return false;
  }
}
