/** How far the reading of a large file is: synchronous work, of which a listener can tell a person. */

/** `done` of `all` bytes. */
export type ReadingListener = (file: string, done: number, all: number) => void;

let listener: ReadingListener | undefined;

/** One for the process; undefined for none. */
export function onReading(next: ReadingListener | undefined): void {
  listener = next;
}

export const noteReading: ReadingListener = (file, done, all) => listener?.(file, done, all);
