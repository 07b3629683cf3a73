/**
 * Runs the short form of an example, for its test to judge, and requires that it still gives the numbers of which the tables and
 * pictures in its folder were made.
 */
import { requireFresh } from "../../scripts/figures/freshness.mjs";
import { shortForms } from "../../scripts/figures/short-forms.mjs";

type Forms = typeof shortForms;
type Result<Name extends keyof Forms> = Awaited<ReturnType<Forms[Name]["run"]>>;

export async function runShort<Name extends keyof Forms>(name: Name): Promise<Result<Name>> {
  const { run, numbers } = shortForms[name] as { run(): Promise<Result<Name>>; numbers(result: Result<Name>): unknown };
  const result = await run();
  requireFresh(name, numbers(result));
  return result;
}
