import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { EndReporter } from "./test/support/end-reporter.ts";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Where tests note what they would need and do not find; the reporter reads it. */
const missingFile = join(tmpdir(), `nabla-missing-${process.pid}.txt`);

export default defineConfig({
  resolve: {
    alias: [
      { find: /^nabla\/compiler$/, replacement: at("./compiler/index.ts") },
      { find: /^nabla\/runtime$/, replacement: at("./runtime/index.ts") },
      { find: /^nabla$/, replacement: at("./compiler/dsl/index.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    // A machine may be busy with other work: what hangs is ended, and nothing else depends on time.
    testTimeout: 1_200_000,
    hookTimeout: 1_200_000,
    teardownTimeout: 120_000,
    expect: { poll: { timeout: 1_200_000, interval: 20 } },
    env: { NABLA_MISSING: missingFile },
    reporters: ["default", new EndReporter(missingFile)],
    typecheck: { enabled: true, include: ["test/**/*.test-d.ts"], tsconfig: "./tsconfig.json" },
  },
});
