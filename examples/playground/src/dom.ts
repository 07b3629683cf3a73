/** Finding and filling the page's elements. */

/** The element of that name below `root`. */
export function part<T extends HTMLElement = HTMLElement>(root: ParentNode, name: string): T {
  const found = root.querySelector<T>(`[data-part="${name}"]`);
  if (!found) throw new Error(`page: expected an element data-part="${name}", got none`);
  return found;
}

/** An entry for each choice: its name in code, and what it is called. Pairs, as an object would put "3" before "0.1". */
export function fillMenu(menu: HTMLSelectElement, choices: readonly (readonly [name: string, text: string])[]): void {
  menu.replaceChildren(...choices.map(([name, text]) => new Option(text, name)));
}
