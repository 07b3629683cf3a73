/**
 * What a model file gets as `process` and `console`: it can ask everything, but neither end the process nor write into the
 * results on stdout.
 *
 *   process.exit(0)        throws, with the place in the model file
 *   console.log(x)         goes to stderr
 */
import { Console } from "node:console";

const ending: ReadonlySet<string | symbol> = new Set(["exit", "abort", "kill", "reallyExit", "exitCode"]);

const refuse = (name: string | symbol): never => {
  throw new Error(`process.${String(name)}: expected a model, which says nothing of how the process ends`);
};

export const guestProcess: NodeJS.Process = new Proxy(process, {
  get(target, name) {
    if (name === "exitCode") return undefined;
    if (ending.has(name)) return () => refuse(name);
    if (name === "stdout") return target.stderr;
    const value: unknown = Reflect.get(target, name);
    return typeof value === "function" ? value.bind(target) : value;
  },
  set: (target, name, value) => (ending.has(name) ? refuse(name) : Reflect.set(target, name, value)),
});

export const guestConsole = new Console(process.stderr, process.stderr);
