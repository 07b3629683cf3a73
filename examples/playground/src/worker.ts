/** The worker's script: one session, which answers the page's commands one after another. */
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
    session = await openSession(args[0], (report) => port.postMessage({ report }));
    return undefined;
  }
  if (!session) throw new Error(`${name}: expected an open network, got none`);
  return (session[name] as (...args: unknown[]) => unknown)(...args);
}

const answer = async (command: Command): Promise<void> => {
  const { id } = command;
  try {
    port.postMessage({ id, result: await obey(command) });
  } catch (error) {
    port.postMessage({ id, error: (error as Error).message });
  }
};

/** Opening takes a while, and what is asked next is meant for the network that it opens. */
let last = Promise.resolve();
port.onmessage = ({ data }) => {
  last = last.then(() => answer(data));
};
