/** The worker's script: one session, which answers the page's commands. */
import type { Command, Message } from "./protocol.ts";
import { openSession, type Session } from "./session.ts";

const port = globalThis as unknown as {
  postMessage(message: Message): void;
  onmessage: (event: { data: Command }) => void;
};

let session: Session | undefined;

async function obey({ name, args }: Command): Promise<unknown> {
  if (name === "open") {
    session?.close();
    session = undefined;
    session = await openSession(args[0], (report) => port.postMessage({ report }));
    return undefined;
  }
  if (!session) throw new Error(`${name}: expected an open network, got none`);
  return (session[name] as (...args: unknown[]) => unknown)(...args);
}

port.onmessage = async ({ data }) => {
  const { id } = data;
  try {
    port.postMessage({ id, result: await obey(data) });
  } catch (error) {
    port.postMessage({ id, error: (error as Error).message });
  }
};
