/** Names of classes in a comment: quoted where one is more than a word, so that no comma of a name parts it in two. */
export const listLabels = (labels: readonly string[]): string => {
  const areWords = labels.every((label) => /^[\p{L}\p{N}_.+-]+$/u.test(label));
  return labels.map((label) => (areWords ? label : JSON.stringify(label))).join(", ");
};
