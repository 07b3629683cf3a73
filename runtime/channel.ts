/**
 * What carries messages to a worker and back, whatever host it is of: a Web Worker, a MessagePort, a Worker of Node.
 *
 *   listen(worker, (data) => ..., (what) => console.error(what))   // "it was terminated"
 */

/** A Web Worker, a MessagePort, or a Worker of node:worker_threads. */
export type WorkerPort = WebPort | NodeWorker | PlainPort;

interface Sender {
  postMessage(message: unknown): void;
}

interface WebPort extends Sender {
  // biome-ignore lint/suspicious/noExplicitAny: each host has another type of event, and no name fits them all.
  addEventListener(type: string, listener: (event: any) => void): void;
}

interface NodeWorker extends Sender {
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  on(event: string, listener: (value: any) => void): unknown;
}

/** What has no events of its own, such as a wrapper around another channel. */
interface PlainPort extends Sender {
  onmessage: unknown;
}

/** What is used where it is there. */
type AnyPort = Sender & {
  addEventListener?(type: string, listener: (event: Happening) => void): void;
  on?(event: string, listener: (value: unknown) => void): void;
  start?(): void;
  terminate?(): unknown;
};

/** Of an event of any kind. */
interface Happening {
  readonly data?: unknown;
  readonly message?: string;
  readonly filename?: string;
  readonly lineno?: number;
}

/** `failed` is told, in words, that nothing more will come, maybe several times. */
export function listen(worker: WorkerPort, message: (data: unknown) => void, failed: (what: string) => void): void {
  const port = worker as AnyPort;
  if (port.on && !port.addEventListener) {
    port.on("message", message);
    port.on("error", (error) => failed(String(error)));
    port.on("messageerror", () => failed(UNREADABLE));
    port.on("exit", (code) => failed(`it ended with exit code ${code}`));
    return;
  }
  // Listeners stay when the program sets handlers of its own; what knows no events has handlers alone.
  const on = (type: string, listener: (event: Happening) => void) =>
    port.addEventListener ? port.addEventListener(type, listener) : Object.assign(port, { [`on${type}`]: listener });
  on("message", ({ data }) => message(data));
  on("error", (event) => failed(event.message ? `${event.message}${placeOf(event)}` : NOT_STARTED));
  on("messageerror", () => failed(UNREADABLE));
  on("close", () => failed("its port was closed"));
  port.start?.();
  // No event tells of it.
  const { terminate } = port;
  if (terminate)
    port.terminate = () => {
      failed("it was terminated");
      return terminate.call(port);
    };
}

const UNREADABLE = "it sent what cannot be read here";
const NOT_STARTED =
  "its script could not be loaded or run (not found, refused by a content security policy, or of another kind than the page says)";

const placeOf = ({ filename, lineno }: Happening): string => (filename ? ` (${filename}:${lineno})` : "");
