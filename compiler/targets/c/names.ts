/** Identifiers and strings of C from names that may hold any character. */

/** "my-net 2" -> "my_net_2"; a leading digit gets an underscore before it. */
export const identifier = (name: string): string => name.replace(/[^A-Za-z0-9]/g, "_").replace(/^(?=\d|$)/, "_");

/** One for each name, in order: where two names become the same, the later ones are numbered. */
export function identifiers(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const wanted = identifier(name);
    let found = wanted;
    for (let i = 2; taken.has(found.toUpperCase()); i++) found = `${wanted}_${i}`;
    taken.add(found.toUpperCase());
    return found;
  });
}

/** In UTF-8; other than plain characters go as octal, question marks too, as three characters may mean another in C. */
export const stringLiteral = (text: string): string =>
  `"${Array.from(new TextEncoder().encode(text), characterOf).join("")}"`;

function characterOf(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[\w ,.:;+*/()<>=-]/.test(character) ? character : `\\${byte.toString(8).padStart(3, "0")}`;
}
