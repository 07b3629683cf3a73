/**
 * The cells of one "int" field -> integers. A column of names becomes labels by a dictionary in alphabetical order, so
 * that the order of the rows does not change the labels.
 *
 * setosa, virginica, setosa, versicolor -> 0, 2, 0, 1 with the dictionary [setosa, versicolor, virginica]
 */
import { quote } from "./errors.ts";
import { didYouMean, listNames } from "./names.ts";
import { expectedInteger, integerFault, isDecimal, parseNumber } from "./numbers.ts";
import type { Field } from "./types.ts";

/** What is wrong with a cell; its reader knows where the cell is. */
export interface Refusal {
  readonly code: string;
  readonly expected: string;
  readonly got: string;
  readonly hint?: string | undefined;
}

export const gotCell = (cell: string): string => (cell === "" ? "an empty cell" : quote(cell));

/** Reads cells in file order; the first one decides whether the column holds integers or names. */
export class LabelReader {
  readonly #field: Field;
  #named: boolean | undefined;
  /** Name -> label; in order of appearance until `finish`, or as the field's dictionary has it. */
  readonly #labels: Map<string, number>;

  constructor(field: Field) {
    this.#field = field;
    this.#labels = new Map(field.dictionary?.map((name, label) => [name, label]));
  }

  read(cell: string): number | Refusal {
    const value = parseNumber(cell);
    this.#named ??= this.#field.classes !== undefined && isName(cell);
    return this.#named ? this.#readName(cell) : this.#readInteger(cell, value);
  }

  #readInteger(cell: string, value: number): number | Refusal {
    const code = integerFault(value, this.#field);
    return code ? { code, expected: expectedInteger(this.#field), got: gotCell(cell) } : value;
  }

  #readName(cell: string): number | Refusal {
    const label = this.#labels.get(cell);
    if (label !== undefined) return label;
    if (!isName(cell)) {
      return {
        code: "data/not-a-name",
        expected: "the name of a class, as in the rows above",
        got: gotCell(cell),
        hint: "A column of labels holds integers only, or names only.",
      };
    }
    if (this.#field.dictionary) return this.#unknown(cell, this.#field.dictionary);
    const classes = this.#field.classes!;
    if (this.#labels.size === classes) {
      const known = listNames(this.#labels.keys());
      return {
        code: "data/too-many-classes",
        expected: `at most ${classes} names, since ${this.#field.name} is classes(${classes})`,
        got: `${quote(cell)} besides ${known}`,
      };
    }
    this.#labels.set(cell, this.#labels.size);
    return this.#labels.size - 1;
  }

  #unknown(cell: string, dictionary: readonly string[]): Refusal {
    const expected = `one of the names the model was trained with: ${listNames(dictionary)}`;
    return { code: "data/unknown-class", expected, got: quote(cell), hint: didYouMean(cell, dictionary) };
  }

  /** Puts the names in alphabetical (code unit) order, renumbers `labels` to it, and gives the names, if there are any. */
  finish(labels: Int32Array): readonly string[] | undefined {
    if (!this.#named) return undefined;
    if (this.#field.dictionary) return this.#field.dictionary;
    const names = [...this.#labels.keys()].sort();
    const renumbered = new Int32Array(names.length);
    names.forEach((name, label) => {
      renumbered[this.#labels.get(name)!] = label;
    });
    for (let i = 0; i < labels.length; i++) labels[i] = renumbered[labels[i]!]!;
    return names;
  }
}

/** "nan" and "inf" stand for numbers that are missing, not for classes. */
const isName = (cell: string): boolean => cell !== "" && !isDecimal(cell) && !/^[+-]?(nan|inf|infinity)$/i.test(cell);
