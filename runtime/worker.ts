/** The Web Worker's script, "nabla/worker": serves one network to the page that started it. */
import { type Port, serve } from "./serve.ts";

serve(globalThis as unknown as Port);
