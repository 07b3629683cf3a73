/** Numbers things in the order in which it meets them, for keys that are text. */
export function numbering<T>(): (item: T) => number {
  const numbers = new Map<T, number>();
  return (item) => {
    const number = numbers.get(item) ?? numbers.size;
    numbers.set(item, number);
    return number;
  };
}
