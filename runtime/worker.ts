/** The worker's script, "nabla/worker": serves one network to the page, or to the thread of Node, that started it. */
import { type Port, serve } from "./serve.ts";

/** Absent in a page's worker, where the global scope is the port. */
const { process } = globalThis as {
  process?: { getBuiltinModule?(name: "worker_threads"): { parentPort: Port | null } };
};

serve(process?.getBuiltinModule?.("worker_threads").parentPort ?? (globalThis as unknown as Port));
