/** An input of names, from the CSV to the loader: `colour: classes(4)` and a column "red", "blue", ... */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { load as open } from "nabla/runtime";
import { beforeAll, describe, expect, test } from "vitest";
import { createProject, type Project } from "./setup.ts";

const model = `import { add, classes, dense, meanSquaredError, model, oneHot, sgd } from "nabla";

export default model({
  inputs: { size: [2], colour: classes(4) },
  targets: { price: [1] },
  batch: 4,
  forward({ size, colour }) {
    const bySize = dense(size, 1);
    const byColour = dense(oneHot(colour), 1, { bias: false });
    return { price: add(bySize, byColour) };
  },
  loss: ({ price }, truth) => meanSquaredError(price, truth.price),
  optimizer: sgd({ rate: 0.1 }),
});
`;

const premium = { red: 1, blue: -1, green: 0.5 };
const colours = Object.keys(premium) as (keyof typeof premium)[];

/** Each colour has a price of its own, which no size tells. */
const table = `size0,size1,colour,price\n${Array.from({ length: 30 }, (_, row) => {
  const [a, b, colour] = [(row % 5) / 5, (row % 7) / 7, colours[row % 3]!];
  return `${a},${b},${colour},${a - b + premium[colour]}`;
}).join("\n")}\n`;

let project: Project;
beforeAll(async () => {
  project = createProject({ "paint.model.ts": model, "paint.csv": table });
  const trained = await project.nabla("train", "paint.model.ts", "--data", "paint.csv", "--epochs", "200");
  expect(trained).toMatchObject({ code: 0 });
  for (const mode of [[], ["--mode", "train"]])
    await project.nabla("build", "paint.model.ts", "--weights", "paint.safetensors", ...mode);
});

const size = [0.2, 0.4, 0.6, 0.1, 0, 0];

describe("the bundle", () => {
  test("the manifest has the names in alphabetical order, the types are their union", () => {
    const { inputs } = JSON.parse(project.read("paint.json"));
    expect(inputs[1]).toMatchObject({ name: "colour", dims: [], classes: 4, labels: ["blue", "green", "red"] });
    const union = '"blue" | "green" | "red"';
    expect(project.read("paint.d.ts")).toContain(
      `readonly colour: ArrayLike<number> | ArrayLike<bigint> | ${union} | readonly (${union})[];`,
    );
  });

  test("infer gives for names what it gives for labels, and a row's colour moves its price", async () => {
    const { load } = await import(pathToFileURL(project.path("paint.js")).href);
    const net = await load();
    const { price } = net.infer({ size, colour: ["red", "blue", "green"] });
    expect(price).toEqual(net.infer({ size, colour: [2, 0, 1] }).price);
    expect([...price]).toEqual([0.8, -0.5, 0.5].map((value) => expect.closeTo(value, 1)));
    expect(net.infer({ size: [0.2, 0.4], colour: "red" }).price).toEqual(price.slice(0, 1));
  });

  test("a string that is no colour is refused by name, as is a label out of range", async () => {
    const net = await open(readFileSync(project.path("paint.infer.wasm")));
    const refused = (colour: string | string[] | number[]) => () => net.infer({ size, colour });
    expect(refused(["red", "blue", "gren"])).toThrow(
      new RangeError('input "colour": expected "blue", "green", "red", got "gren"'),
    );
    expect(refused("red")).toThrow(new RangeError('input "colour": expected 3 x 1 numbers, got 1'));
    expect(refused([0, 4, 1])).toThrow(new RangeError('input "colour", row 1: expected an integer from 0 to 3, got 4'));
  });

  test("step and evaluate take names too, and change nothing for a wrong one", async () => {
    const net = await open(readFileSync(project.path("paint.train.wasm")));
    const [price, named] = [{ price: [1, 2, 3] }, { size, colour: ["red", "blue", "green"] }];
    const labelled = { size, colour: [2, 0, 1] };
    expect(net.evaluate(named, price)).toEqual(net.evaluate(labelled, price));
    const before = net.save();
    expect(() => net.step({ size, colour: ["red", "", "green"] }, price)).toThrow(RangeError);
    expect(net.save()).toEqual(before);
    const { loss } = net.evaluate(labelled, price);
    expect(net.step(named, price)).toBe(loss);
  });
});

describe("the command line", () => {
  test("run takes the names of the training file, in the same order, and no others", async () => {
    project.write("new.csv", "size0,size1,colour\n0.2,0.4,red\n0,0,green\n");
    const ran = await project.nabla("run", "paint.infer.wasm", "--data", "new.csv", "--json");
    const rows = JSON.parse(ran.stdout) as { price: number[] }[];
    const net = await open(readFileSync(project.path("paint.infer.wasm")));
    const { price } = net.infer({ size: [0.2, 0.4, 0, 0], colour: ["red", "green"] });
    expect(rows.flatMap((row) => row.price)).toEqual([...price!]);

    project.write("new.csv", "size0,size1,colour\n0.2,0.4,red\n0,0,gren\n");
    const refused = await project.nabla("run", "paint.infer.wasm", "--data", "new.csv");
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatchInlineSnapshot(`
      "new.csv:3 data/unknown-class
        column "colour": expected one of the names the model was trained with: "blue", "green", "red", got "gren"
        3 | 0,0,gren
          |     ^^^^
        Did you mean "green"?
      "
    `);
  });

  test("evaluate and check read the column of names", async () => {
    const evaluated = await project.nabla(
      ...["evaluate", "paint.model.ts", "--weights", "paint.safetensors", "--data", "paint.csv"],
    );
    expect(evaluated).toMatchObject({ code: 0, stderr: "" });
    for (const data of [[], ["--data", "paint.csv"]])
      expect(await project.nabla("check", "paint.model.ts", ...data)).toMatchObject({ code: 0 });
  });

  test("a run resumes with the names it began with", async () => {
    project.write("more.csv", table.replace("red", "pink"));
    const refused = await project.nabla(
      ...["train", "paint.model.ts", "--data", "more.csv", "--epochs", "201", "--resume"],
    );
    expect(refused.stderr).toContain("data/unknown-class");
    expect(refused.stderr).toContain('"blue", "green", "red"');
  });

  test("more names than classes are refused, with the row", async () => {
    project.write("many.csv", `${table}0,0,pink,0\n0,0,black,0\n`);
    const refused = await project.nabla(
      "train",
      "paint.model.ts",
      "--data",
      "many.csv",
      "--epochs",
      "1",
      "--out",
      "many.safetensors",
    );
    expect(refused.stderr).toMatchInlineSnapshot(`
      "many.csv:33 data/too-many-classes
        column "colour": expected  at most 4 names, since colour is classes(4)
                         got       "black" besides "red", "blue", "green", "pink"
        33 | 0,0,black,0
           |     ^^^^^
      "
    `);
  });
});
