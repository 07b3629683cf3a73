/**
 * The commands, their options and their help; each command's own code is loaded when it runs, so that help is instant.
 */
import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { columnMap, fileName, fraction, integer, maxSeed, notNegative, several } from "./options.ts";
import { shown } from "./terminal.ts";

export function createProgram(): Command {
  const program = new Command("nabla")
    .description("Compiles a description of a neural network to SIMD WebAssembly, for training and for inference.")
    .version(packageVersion(), "-V, --version", "print the version")
    .option("--debug", "show the stack of an error")
    .showHelpAfterError("(add --help for what there is)")
    .addHelpText("after", overview);
  for (const add of [addTrain, addEvaluate, addBuild, addRun, addInspect, addCheck, addDifferentiate, addInit])
    add(program);
  for (const command of [program, ...program.commands])
    command.exitOverride().configureOutput({ writeErr: (text) => process.stderr.write(shown(text)) });
  return program;
}

const overview = `
From a model file to a network that ships:
  $ nabla check   digits.model.ts                                  the gradients are right
  $ nabla train   digits.model.ts --data train.csv --epochs 10     writes digits.safetensors
  $ nabla evaluate digits.model.ts --weights digits.safetensors --data test.csv
  $ nabla build   digits.model.ts --weights digits.safetensors     writes digits.infer.wasm, digits.js, digits.d.ts
  $ nabla run     digits.infer.wasm --data new.csv                 prints predictions
A project to begin with: nabla init flowers

Exit codes: 0 done, 1 a model, data or checkpoint is wrong, 2 the command line is, 70 nabla is, 130 stopped.
Colours follow NO_COLOR and FORCE_COLOR.`;

const modelHelp = "the model file, whose default export is model({ ... })";
const dataHelp = "a CSV with a header, or field=file for IDX and NPY (gzipped or not); may be repeated";
const mapHelp = "columns of the CSV: pixels=p0..p783,digit=label; in quotes where a name holds , or =; may be repeated";

const dtype = () => new Option("--dtype <type>", "element type; f32 unless said").choices(["f32", "f64"]);
const batch = () =>
  new Option("--batch <rows>", "most rows of a call, in place of the model's").argParser(integer(1, 2 ** 20));
const seed = () =>
  new Option("--seed <number>", "of initial values, dropout, order and split, in place of the model's").argParser(
    integer(0, maxSeed),
  );

function addTrain(program: Command): void {
  program
    .command("train")
    .description("Train a model; keep parameters and progress in a checkpoint.")
    .argument("<model>", modelHelp)
    .requiredOption("--data <file>", dataHelp, several)
    .requiredOption("--epochs <count>", "passes over the data, those before --resume included", integer(1, maxSeed))
    .option("--test <file>", "data to judge the result by, as --data", several)
    .option("--test-split <fraction>", "rows of --data held out for that", fraction)
    .option("--validation-split <fraction>", "rows of --data held out to be watched after each epoch", fraction)
    .addOption(batch())
    .addOption(seed())
    .option("--map <columns>", mapHelp, columnMap)
    .option("--out <file>", "the checkpoint; <model>.safetensors unless said")
    .option("--resume [file]", "go on where a checkpoint, --out unless said, stopped: the same bits as without a stop")
    .option(
      "--patience <epochs>",
      "stop when the validation loss has not fallen for so many, keep the best",
      integer(1),
    )
    .option("--min-delta <loss>", "how much lower it must be to count as fallen; 0 unless said", notNegative)
    .option("--overwrite", "replace the run that the checkpoint holds; asked for in a terminal unless said")
    .option("--report [file]", "a page with curves, scores and settings; report.html beside the checkpoint unless said")
    .option("--checkpoint-every <epochs>", "write it after every so many; unless said, every few seconds", integer(1))
    .addOption(dtype())
    .addHelpText(
      "after",
      `
Examples:
  $ nabla train iris.model.ts --data iris.csv --test-split 0.2 --epochs 60
  $ nabla train digits.model.ts --data pixels=train-images.gz --data digit=train-labels.gz --epochs 10 --seed 7
  $ nabla train digits.model.ts --data train.csv --map pixels=p0..p783,digit=label --epochs 20 --resume
  $ nabla train iris.model.ts --data iris.csv --validation-split 0.2 --epochs 500 --patience 20

Ctrl-C finishes the step, writes the checkpoint and says how to go on. The checkpoint before the last one is kept as
<file>.previous.`,
    )
    .action(async (model, options) => (await import("./commands/train.ts")).train(model, options));
}

function addEvaluate(program: Command): void {
  program
    .command("evaluate")
    .description(
      "Judge a trained model on data: loss, accuracy, precision, recall, F1, confusion matrix; R squared, errors.",
    )
    .argument("<model>", modelHelp)
    .requiredOption("--weights <file>", "a checkpoint of nabla train, or any safetensors file with the parameters")
    .requiredOption("--data <file>", dataHelp, several)
    .option("--map <columns>", mapHelp, columnMap)
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      `
Examples:
  $ nabla evaluate iris.model.ts --weights iris.safetensors --data new.csv
  $ nabla evaluate iris.model.ts --weights iris.safetensors --data new.csv --json | jq .loss`,
    )
    .action(async (model, options) => (await import("./commands/evaluate.ts")).evaluate(model, options));
}

function addBuild(program: Command): void {
  withStageOptions(program.command("build"))
    .description("Write the module, its loader with types, and its manifest.")
    .argument("<model>", modelHelp)
    .option("--weights <file>", "a checkpoint of nabla train, or any safetensors file with the parameters")
    .addOption(new Option("--mode <mode>", "what the module is for; infer unless said").choices(["infer", "train"]))
    .addOption(
      new Option(
        "--target <language>",
        "wasm unless said; c for native programs, js for engines without WebAssembly",
      ).choices(["wasm", "c", "js"]),
    )
    .option("--out-dir <folder>", "where the files go; the working directory unless said")
    .option("--name <name>", "what the files are called; as the model file unless said", fileName)
    .option("--tune", "time tiles in this engine, keep the fastest beside the model: later builds take them from there")
    .option("--tune-ms <milliseconds>", "with --tune: how long to time each tile; 40 unless said", integer(1, 10_000))
    .option("--half", "weights in half precision: half their bytes, widened once when the module is loaded")
    .option(
      "--relaxed",
      "a second module with relaxed SIMD, which the loader takes where that is faster; rounding is the engine's",
    )
    .option("--data <file>", "with --half: say what it changes in the answers to this data", several)
    .option("--map <columns>", mapHelp, columnMap)
    .addOption(batch())
    .addOption(dtype())
    .addHelpText(
      "after",
      `
Examples:
  $ nabla build digits.model.ts --weights digits.safetensors
  $ nabla build digits.model.ts --weights digits.safetensors --batch 1 --out-dir public
  $ nabla build digits.model.ts --weights digits.safetensors --half --data test.csv
  $ nabla build digits.model.ts --weights digits.safetensors --tune     writes digits.tiles.json, too
  $ nabla build digits.model.ts --weights digits.safetensors --relaxed     digits.infer.relaxed.wasm, too
  $ nabla build digits.model.ts --mode train --name digits        a module that trains in the browser
  $ nabla build digits.model.ts --weights digits.safetensors --target c     digits.c and digits.h

All files are written, or none.`,
    )
    .action(async (model, options) => (await import("./commands/build.ts")).build(model, options));
}

function addRun(program: Command): void {
  program
    .command("run")
    .description("Run a built module on data and print its predictions.")
    .argument("<module>", "the .wasm file that nabla build wrote")
    .requiredOption("--data <file>", dataHelp, several)
    .option("--map <columns>", mapHelp, columnMap)
    .addOption(new Option("--json", "print a JSON array, one object a row").conflicts("csv"))
    .option("--csv", "print CSV with a header")
    .addHelpText(
      "after",
      `
Examples:
  $ nabla run iris.infer.wasm --data new.csv
  $ nabla run iris.infer.wasm --data new.csv --map measurements=sl,sw,pl,pw --csv > answers.csv
  $ nabla run digits.infer.wasm --data images.idx3-ubyte.gz --json | jq '.[].class'`,
    )
    .action(async (module, options) => (await import("./commands/run.ts")).run(module, options));
}

function addInspect(program: Command): void {
  withStageOptions(program.command("inspect"))
    .description("Show what a model is compiled to: parameters, graph, adjoint, memory, FLOPs, bytes.")
    .argument("<model>", modelHelp)
    .addOption(batch())
    .addOption(dtype())
    .option("--adjoint", "print the loss and its adjoint as code, by the lines of the model file")
    .option("--html [file]", "write a page: graphs, arena, time of every kernel, bytes; NAME.html unless said")
    .option("--weights <file>", "with --html: histograms of the parameters of this checkpoint")
    .option("--data <file>", `with --weights: histograms of the gradients, too; ${dataHelp}`, several)
    .option("--map <columns>", mapHelp, columnMap)
    .addHelpText(
      "after",
      `
Examples:
  $ nabla inspect digits.model.ts
  $ nabla inspect digits.model.ts --adjoint                the derivatives, line by line
  $ nabla inspect digits.model.ts --html                   all of it as a page, with times
  $ nabla inspect iris.model.ts --html --weights iris.safetensors --data iris.csv
  $ nabla inspect digits.model.ts --dump                   every stage of every function, in .dump/
  $ nabla inspect digits.model.ts --dump=step/simplify     the graph of the training step, on stdout
  $ nabla inspect digits.model.ts --stop-after=fuse --time`,
    )
    .action(async (model, options) => (await import("./commands/inspect.ts")).inspect(model, options));
}

function addCheck(program: Command): void {
  program
    .command("check")
    .description("Prove the gradients: adjoint against central differences, Wasm against the interpreter, in f64.")
    .argument("<model>", modelHelp)
    .option("--data <file>", `${dataHelp}; random rows unless said`, several)
    .option("--map <columns>", mapHelp, columnMap)
    .addOption(seed())
    .addHelpText(
      "after",
      `
Examples:
  $ nabla check digits.model.ts
  $ nabla check digits.model.ts --data train.csv --map digit=label --seed 3

Exits with 1 where a relative error is above 1e-6.`,
    )
    .action(async (model, options) => (await import("./commands/check.ts")).check(model, options));
}

function addDifferentiate(program: Command): void {
  program
    .command("differentiate")
    .description("Compare three ways to the same derivatives, in error and cost: adjoint, differences, expressions.")
    .argument("<model>", modelHelp)
    .option("--data <file>", `${dataHelp}; random rows unless said`, several)
    .option("--map <columns>", mapHelp, columnMap)
    .option("--rows <count>", "rows of the loss, at most the batch or the data's; 1 unless said", integer(1, 1024))
    .addOption(seed())
    .addHelpText(
      "after",
      `
Examples:
  $ nabla differentiate iris.model.ts
  $ nabla differentiate iris.model.ts --data iris.csv --rows 8
  $ nabla differentiate iris.model.ts | grep central

Errors and operations are the same at each run, times are not. More rows make the symbolic way longer.`,
    )
    .action(async (model, options) => (await import("./commands/differentiate.ts")).differentiate(model, options));
}

function addInit(program: Command): void {
  program
    .command("init")
    .description("Write a small project that works: a model file, its data, a script.")
    .argument("[folder]", "an empty one, or one to make", ".")
    .addHelpText("after", "\nExamples:\n  $ nabla init flowers")
    .action(async (folder) => (await import("./commands/init.ts")).init(folder, packageVersion()));
}

/** Options of the commands that show how a model is compiled. */
const withStageOptions = (command: Command): Command =>
  command
    .option("--dump [=stage]", "write what each stage made to .dump/, or print that of one stage")
    .option("--stop-after <stage>", "compile no further than this stage, such as fuse")
    .option("--time", "show the time that each stage takes");

/** That of the package around: this file lies at another depth once compiled. */
function packageVersion(folder = new URL(".", import.meta.url)): string {
  const { name, version } = readPackage(folder);
  const above = new URL("..", folder);
  if (name === "nabla" && version !== undefined) return version;
  return above.href === folder.href ? "unknown" : packageVersion(above);
}

function readPackage(folder: URL): { name?: string; version?: string } {
  try {
    return JSON.parse(readFileSync(new URL("package.json", folder), "utf8"));
  } catch {
    return {};
  }
}
