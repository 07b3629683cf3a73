/**
 * A cotangent on its way through choices. It is 0 where something was not taken, whatever slopes it meets on the way:
 *
 *   y = select m (sqrt x) 0        dx = select m (dy * 0.5 / sqrt x) 0       and not (select m dy 0) * 0.5 / sqrt x
 *
 * What is linear in the cotangent commutes with the mask. So masks are carried along and applied last, and 0 never meets the
 * infinite slope of a branch that was not taken.
 */
import type { Node } from "../graph/node.ts";
import { currentOrigin, type Origin, withOrigin } from "../graph/origin.ts";
import { sameDims } from "../graph/types.ts";
import { add } from "../ops/arithmetic.ts";
import { ne, select } from "../ops/compare.ts";
import { broadcast } from "../ops/view.ts";
import { uniformValue } from "../simplify/constants.ts";

/** The cotangent is 0 where the mask is not `when`. */
export interface Choice {
  readonly mask: Node;
  readonly when: boolean;
  /** Whether it may be there to keep a value from where it has no finite slope, as a condition of the model may. */
  readonly protects: boolean;
  /** Of the node that chose. */
  readonly origin: Origin | undefined;
}

/** Why elements may be 0 that no mask is known of: not taken, or multiplied by the slope 0 of a flat function, as tanh far out. */
export type Zeros = "none" | "flat" | "untaken";

export interface Cotangent {
  /** The cotangent where the choices hold. Elsewhere it is anything as long as choices are open, and 0 after that. */
  readonly value: Node;
  readonly choices: readonly Choice[];
  /** How many choices, counted from the last, have yet to be applied to `value`. */
  readonly open: number;
  readonly zeros: Zeros;
}

export const whole = (value: Node): Cotangent => ({ value, choices: [], open: 0, zeros: "none" });

/** The cotangent itself: no choice is open. */
export const settled = (cotangent: Cotangent): Cotangent =>
  cotangent.open === 0
    ? cotangent
    : { ...cotangent, value: cut(cotangent.value, openAmong(cotangent.choices, cotangent.open)), open: 0 };

const cut = (value: Node, choices: readonly Choice[]): Node =>
  choices.reduce(
    (inner, { mask, when, origin }) =>
      withOrigin(origin, () => (when ? select(mask, inner, 0) : select(mask, 0, inner))),
    value,
  );

/** All choices open again: for a slope that may be infinite. `byZeros`: what is 0 is a choice, too. */
export function reopened({ value, choices, zeros }: Cotangent, byZeros: boolean): Cotangent {
  const all = byZeros ? [...choices, choice(ne(value, 0), true, true)] : choices;
  return { value, choices: all, open: all.length, zeros: byZeros ? "none" : zeros };
}

const choice = (mask: Node, when: boolean, protects: boolean): Choice => ({
  mask,
  when,
  protects,
  origin: currentOrigin(),
});

/** What an op's rule made of a cotangent's value; a choice that the rule made itself is open. */
export function derived(from: Cotangent, partial: Node, protects: boolean): Cotangent {
  const made = choiceOf(partial);
  if (made === undefined) return { ...from, value: partial };
  const { mask, when, value } = made;
  return { ...from, value, choices: [...from.choices, choice(mask, when, protects)], open: from.open + 1 };
}

/** The parts of select m x 0 and of select m 0 x. */
function choiceOf({ op, inputs, type }: Node): { mask: Node; when: boolean; value: Node } | undefined {
  if (op.name !== "select") return undefined;
  const [mask, a, b] = inputs as [Node, Node, Node];
  const when = uniformValue(b) === 0;
  if (!when && uniformValue(a) !== 0) return undefined;
  const taken = when ? a : b;
  return { mask, when, value: sameDims(taken.type.dims, type.dims) ? taken : broadcast(taken, type.dims) };
}

/** What an op that mixes elements made of a settled cotangent: where all that it added up was 0, it is 0 still. */
export const mixed = ({ choices, zeros }: Cotangent, value: Node): Cotangent => ({
  ...whole(value),
  zeros: zerosOf(choices, zeros) === "untaken" ? "untaken" : "none",
});

const zerosOf = (choices: readonly Choice[], otherwise: Zeros): Zeros =>
  choices.some(({ protects }) => protects) ? "untaken" : otherwise;

/** The sum, under the choices that both have; two sides of one choice are the whole together. */
export function sumOf(a: Cotangent, b: Cotangent): Cotangent {
  const shared = sharedChoices(a.choices, b.choices);
  const [restOfA, restOfB] = [a.choices.slice(shared), b.choices.slice(shared)];
  const open = Math.max(0, a.open - restOfA.length, b.open - restOfB.length);
  const common = { choices: a.choices.slice(0, shared), open };
  const [own, other] = [restOfA[0], restOfB[0]];
  if (own && other && restOfA.length + restOfB.length === 2 && isSameMask(own.mask, other.mask)) {
    const [yes, no] = own.when ? [a.value, b.value] : [b.value, a.value];
    return { ...common, value: select(own.mask, yes, no), zeros: "none" };
  }
  const value = add(cut(a.value, openAmong(restOfA, a.open)), cut(b.value, openAmong(restOfB, b.open)));
  return { ...common, value, zeros: together(zerosIn(a, restOfA), zerosIn(b, restOfB)) };
}

/** The open ones among the last choices of a cotangent. */
const openAmong = (last: readonly Choice[], open: number): readonly Choice[] =>
  last.slice(Math.max(0, last.length - open));

const zerosIn = ({ zeros }: Cotangent, rest: readonly Choice[]): Zeros =>
  zerosOf(rest, rest.length > 0 ? "none" : zeros);

/** Of a sum: it is 0 where both parts are. */
const together = (a: Zeros, b: Zeros): Zeros => (a === b ? a : a === "none" || b === "none" ? "none" : "flat");

function sharedChoices(a: readonly Choice[], b: readonly Choice[]): number {
  const differing = a.findIndex(({ mask, when }, i) => !b[i] || when !== b[i].when || !isSameMask(mask, b[i].mask));
  return differing < 0 ? a.length : differing;
}

/** Whether two masks are the same comparison of the same values. */
const isSameMask = (a: Node, b: Node): boolean =>
  a === b || (a.op === b.op && a.inputs.every((input, i) => isSameValue(input, b.inputs[i]!)));

const isSameValue = (a: Node, b: Node): boolean =>
  a === b || (uniformValue(a) !== undefined && Object.is(uniformValue(a), uniformValue(b)));
