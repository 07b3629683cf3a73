/** What does not compile as a rule. */
import { test } from "vitest";
import { mul, neg, x, y } from "../../compiler/simplify/pattern.ts";
import { rule } from "../../compiler/simplify/rewrite.ts";

test("a replacement or a condition that reads an unbound variable", () => {
  rule("bound", mul(x, neg(y)), ({ x, y }, g) => g.neg(g.mul(x, y)));
  // @ts-expect-error: the pattern binds x only
  rule("unbound", neg(x), ({ y }) => y);
  // @ts-expect-error: conditions too
  rule("unbound-condition", mul(x, 1), ({ x }) => x, ({ z }) => z.poisoned); // biome-ignore format: one line
});
