// Copies what tsc does not write beside the compiled compiler, which reads it from the same relative place: the compiled
// AssemblyScript helpers, and the project of `nabla init`.
//
//   node scripts/copy-helpers.mjs [folder]      the folder that tsc wrote to, "dist" unless said
import { copyFileSync, cpSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const helpers = join("runtime", "wasm", "build", "helpers.wasm");
const source = join(root, helpers);
const folder = process.argv[2] ?? join(root, "dist");
const target = join(folder, helpers);

if (!existsSync(source)) {
  console.error(`${helpers} is missing; make it with "npm run build:helpers"`);
  process.exit(1);
}
mkdirSync(dirname(target), { recursive: true });
copyFileSync(source, target);
cpSync(join(root, "template"), join(folder, "template"), { recursive: true });
