// Copies the compiled AssemblyScript helpers beside the compiled compiler, which reads them from the same relative place.
//
//   node scripts/copy-helpers.mjs [folder]      the folder that tsc wrote to, "dist" unless said
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const helpers = join("runtime", "wasm", "build", "helpers.wasm");
const source = join(root, helpers);
const target = join(process.argv[2] ?? join(root, "dist"), helpers);

if (!existsSync(source)) {
  console.error(`${helpers} is missing; make it with "npm run build:helpers"`);
  process.exit(1);
}
mkdirSync(dirname(target), { recursive: true });
copyFileSync(source, target);
