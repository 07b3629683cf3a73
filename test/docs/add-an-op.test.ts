/**
 * docs/add-an-op.md: the three ops that it adds are sound, are what it shows, and its messages are those that the compiler
 * and the generated tests give.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CompileError } from "../../compiler/diagnostics.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import type { Op } from "../../compiler/graph/ir.ts";
import { apply } from "../../compiler/graph/node.ts";
import { mul, sub } from "../../compiler/ops/arithmetic.ts";
import { abs, input } from "../../compiler/ops/index.ts";
import { adjointError } from "../adjoint/sample-adjoint.ts";
import { Random } from "../support/random.ts";
import { graphModule } from "../support/run-graph.ts";
import { sampleGraph } from "../support/sample.ts";
import { dotOp } from "./ops/dot.ts";
import { movingMaxOp } from "./ops/moving-max.ts";
import { softsignOp } from "./ops/softsign.ts";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const page = read("../../docs/add-an-op.md");

/** As it would stand in compiler/ops. */
const inItsPlace = (source: string): string =>
  source.replaceAll("../../../compiler/ops/", "./").replaceAll("../../../compiler/", "../").trim();

test.each(["softsign", "dot", "moving-max"])("the page shows %s as it is tested here", (name) => {
  expect(page).toContain(`\`\`\`ts\n${inItsPlace(read(`./ops/${name}.ts`))}\n\`\`\``);
});

test("the page shows a pool as the DSL has it", () => {
  const source = read("../../compiler/dsl/pooling.ts");
  const shown = /```ts\n(const average: [\s\S]*?;\n)(export const averagePool2d.*)\n```/.exec(page)!;
  for (const statement of shown.slice(1)) expect(source).toContain(statement);
});

/** The files that import something of another one, and those that use one of its names behind `ops.`. */
const usersOf = (file: string, names: RegExp): string[] =>
  readdirSync("compiler", { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .filter((path) => {
      const source = readFileSync(join("compiler", path), "utf8");
      return source.includes(`/${file}"`) || names.test(source);
    })
    .sort();

test("a gather is four files, as the page says: no stage asks for it by its name", () => {
  const users = usersOf("gather.ts", /\bops\.(gather|scatterAdd)\b|\bname [!=]== "(gather|scatterAdd)"/);
  expect(users).toEqual(["dsl/categories.ts", "ops/index.ts"]);
  const index = readFileSync("compiler/dsl/index.ts", "utf8");
  expect(index).toMatch(/\bgather\b.* from "\.\/categories\.ts"/);
});

test("a pool is two files of the DSL, on ops that are there", () => {
  expect(usersOf("pooling.ts", /\bname [!=]== "(maxPool2d|averagePool2d)"/)).toEqual(["dsl/index.ts"]);
});

test("every file that the page names is there", () => {
  const links = [...page.matchAll(/\]\((\.\.\/[^)#]+)\)/g)].map(([, path]) => path!);
  expect(links.length).toBeGreaterThan(12);
  expect(links.filter((path) => !existsSync(new URL(path, new URL("../../docs/", import.meta.url))))).toEqual([]);
});

test("what the page shows of gather and scatterAdd stands in their file", () => {
  const source = read("../../compiler/ops/gather.ts");
  const shown = page.split("## A read at a place that data decides")[1]!.split("## Into the table")[0]!;
  const blocks = [...shown.matchAll(/```ts\n([\s\S]*?)\n```/g)].flatMap(([, block]) => block!.split("\n  ...\n"));
  expect(blocks).toHaveLength(3);
  for (const block of blocks) expect(source).toContain(block);
});

const batch = 9;

/** The first element of the Wasm that is off, and what the interpreter has there. */
async function firstDifference(op: Op, dtype: "f32" | "f64"): Promise<{ got: string; want: string } | undefined> {
  for (const sample of op.samples) {
    const { graph, leaves } = sampleGraph(op, sample, dtype);
    const module = await graphModule(graph, { batch, dtype });
    for (let rows = 1; rows <= batch; rows++) {
      const drawn = [...leaves(rows, new Random(rows))];
      const values = new Map(drawn.map(([name, v]) => [name, dtype === "f32" ? v.map(Math.fround) : v]));
      const want = interpret(graph, { rows, leaves: values }).outputs.get("y")!;
      const got = module.run({ rows, leaves: values }).outputs.get("y")!;
      const at = want.findIndex(
        (v, i) => !(Math.abs(got[i]! - v) <= (dtype === "f32" ? 2e-6 : 1e-14) * Math.max(1, Math.abs(v))),
      );
      if (at >= 0) return { got: `[${at}] ${got[at]}`, want: `[${at}] ${want[at]}` };
    }
  }
  return undefined;
}

const worstAdjoint = (op: Op): number => Math.max(...op.samples.map((sample) => adjointError(op, sample, 3)));

describe.each([
  ["softsign", softsignOp],
  ["dot", dotOp],
  ["movingMax", movingMaxOp],
] as [string, Op][])("%s", (_name, op) => {
  test("agrees with differences", () => expect(worstAdjoint(op)).toBeLessThanOrEqual(1e-6));
  test.each(["f32", "f64"] as const)("as Wasm agrees with the interpreter, %s", async (dtype) => {
    expect(await firstDifference(op, dtype)).toBeUndefined();
  });
  test.each(op.rejects)("refuses with $code", ({ shapes, code }) => {
    const inputs = op.inputs.map((name) => input(name, { dtype: "f32", dims: shapes[name]! }));
    expect(codeOf(() => apply(op, inputs))).toBe(code);
  });
});

test("what is computed from a dot without rows is compiled, too: it has no index maps of its own", async () => {
  const [a, b] = dotOp.inputs.map((name) => input(name, { dtype: "f64", dims: [2, 3] }));
  const y = abs(apply(dotOp, [a!, b!]));
  const graph = { name: "", inputs: [a!, b!], states: [], outputs: [{ name: "y", node: y }], updates: [] };
  const leaves = new Map(Object.entries({ a: [1, 2, 3, 4, 5, 6], b: [1, 1, 1, -1, -1, -1] }));
  const module = await graphModule(graph, { batch, dtype: "f64" });
  expect([...module.run({ rows: 1, leaves }).outputs.get("y")!]).toEqual([6, 15]);
});

function codeOf(body: () => unknown): string | undefined {
  try {
    body();
  } catch (error) {
    if (error instanceof CompileError) return error.diagnostics[0]!.code;
    throw error;
  }
  return undefined;
}

describe("what the page says of wrong fields", () => {
  const lane = softsignOp.element as Extract<typeof softsignOp.element, (...args: never[]) => unknown>;

  test("a derivative", () => {
    const slopeOnce: Op = { ...softsignOp, adjoint: (dy, _inputs, y) => ({ x: mul(dy, sub(1, abs(y))) }) };
    const [sample] = softsignOp.samples;
    const error = adjointError(slopeOnce, sample!, 1);
    const where = `softsign ${JSON.stringify(sample)} at 1 rows`;
    expect(page).toContain(`${where}: expected ${error} to be less than or equal to 0.000001`);
  });

  test("an operation that does not exist", async () => {
    const renamed: Op = {
      ...softsignOp,
      element: (build, ...rest) =>
        lane({ ...build, op: (name, ...args) => build.op(name === "div" ? "divide" : name, ...args) }, ...rest),
    };
    await expectOnPage(renamed);
  });

  test("another value than the reference", async () => {
    const shifted: Op = {
      ...softsignOp,
      element: (build, ...rest) => lane({ ...build, constant: (value) => build.constant(value + 1) }, ...rest),
    };
    const { got, want } = (await firstDifference(shifted, "f32"))!;
    expect(page).toContain(`expected '${got}' to be '${want}'`);
  });

  test("an index outside its buffer", async () => {
    const swapped: Op<"a" | "b"> = {
      ...dotOp,
      element: (build, { a, b }, [m]) =>
        build.sum([a!.type.dims[1]!], (k) => build.op("mul", a!.at([m!, k]), b!.at([k, m!]))),
    };
    await expectOnPage(swapped);
  });

  test("a reject", () => {
    const [, second] = dotOp.rejects;
    const inputs = dotOp.inputs.map((name) => input(name, { dtype: "f32", dims: second!.shapes[name]! }));
    const code = codeOf(() => apply(dotOp, inputs));
    expect(page).toContain(`expected [ '${code}' ] to deeply equal [ 'shape/rank' ]`);
  });

  async function expectOnPage(op: Op): Promise<void> {
    const message = await firstDifference(op, "f32").then(
      () => undefined,
      (error: Error) => error.message,
    );
    expect(message).toMatch(/^internal: stage "lower" broke sample/);
    expect(page).toContain(message);
  }
});
