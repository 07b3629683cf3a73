/**
 * The assets of the page as a Vite plugin: the module "virtual:assets" says where they lie.
 *
 *   import { digitsUrl, moduleLengths, networksUrl, offlineUrl } from "virtual:assets";
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { missingDigits, readDigits } from "./digits.ts";
import { compileNetworks } from "./networks.ts";
import { pack } from "./pack.ts";
import { workerCode } from "./service-worker.ts";

interface Emitted {
  readonly type: "asset";
  readonly name?: string;
  readonly fileName?: string;
  readonly source: Uint8Array | string;
}

/** What is used of Vite, whose types the project does not install. */
interface Context {
  emitFile(file: Emitted): string;
  warn(message: string): void;
}

interface DevServer {
  readonly middlewares: {
    use(path: string, handle: (request: IncomingMessage, response: ServerResponse) => void): void;
  };
}

const ID = "virtual:assets";
/** Beside the page, which is what a service worker may answer for. */
const OFFLINE = "offline.js";

/** `digits`: the folder of MNIST's files. */
export function assets({ digits: folder }: { readonly digits: string }) {
  let isServer = false;
  /** What a dev server has in memory. */
  const served = new Map<string, Uint8Array>();
  return {
    name: "playground-assets",
    configResolved({ command }: { command: string }) {
      isServer = command === "serve";
    },
    resolveId: (id: string) => (id === ID ? `\0${ID}` : undefined),
    async load(this: Context, id: string) {
      if (id !== `\0${ID}`) return undefined;
      const modules = await compileNetworks();
      const digits = await readDigits(folder);
      if (!digits) this.warn(missingDigits(folder));
      const url = (name: string, source: Uint8Array): string => {
        if (!isServer) return `import.meta.ROLLUP_FILE_URL_${this.emitFile({ type: "asset", name, source })}`;
        served.set(`/${name}`, source);
        return JSON.stringify(`/${name}`);
      };
      return [
        `export const networksUrl = ${url("networks.pack", pack(modules))};`,
        `export const moduleLengths = ${JSON.stringify(modules.map(({ length }) => length))};`,
        `export const digitsUrl = ${digits ? url("digits.pack", digits) : "undefined"};`,
        `export const offlineUrl = ${isServer ? "undefined" : JSON.stringify(`./${OFFLINE}`)};`,
      ].join("\n");
    },
    configureServer({ middlewares }: DevServer) {
      for (const name of ["/networks.pack", "/digits.pack"])
        middlewares.use(name, (_, response) => {
          response.end(served.get(name));
        });
    },
    generateBundle: {
      // After Vite has written the page.
      order: "post",
      handler(this: Context, _: unknown, bundle: Readonly<Record<string, { readonly source?: Uint8Array | string }>>) {
        const page = String(bundle["index.html"]?.source);
        this.emitFile({ type: "asset", fileName: OFFLINE, source: workerCode(Object.keys(bundle), page) });
      },
    },
  };
}
