import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

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
    testTimeout: 60_000,
    typecheck: { enabled: true, include: ["test/**/*.test-d.ts"], tsconfig: "./tsconfig.json" },
  },
});
