/**
 * The other side of build/pack.ts: one file becomes the modules that it was made of.
 *
 *   unfold([2, 7, 8, 4, 2], 6)   ->   7 8 7 8 7 8      // two literals, then four bytes from two back
 */

export async function gunzip(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: expected a file, got status ${response.status}`);
  const plain = response.body!.pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}

/** `length`: bytes of all modules together. */
export function unfold(folded: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  let from = 0;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = folded[from++]!;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < length) {
    const literals = number();
    bytes.set(folded.subarray(from, from + literals), at);
    from += literals;
    at += literals;
    const count = number();
    const back = number();
    // Byte by byte: a copy may read what it has just written.
    for (let i = 0; i < count; i++, at++) bytes[at] = bytes[at - back]!;
  }
  return bytes;
}

/** Consecutive parts of these lengths. */
export function cut(bytes: Uint8Array<ArrayBuffer>, lengths: readonly number[]): Uint8Array<ArrayBuffer>[] {
  let start = 0;
  return lengths.map((length) => {
    start += length;
    return bytes.subarray(start - length, start);
  });
}
