/**
 * Kinds of options that several public functions take: a setting that nobody reads, or of another kind, would leave its default in
 * force without a word. The kinds of a function's own options stand beside these.
 *
 *   compile(model, { weight })   ->   TypeError: compile: weight: expected one of mode, dtype, ...; did you mean weights?
 */
import { byName, either, listOf, object, oneOf, text, thing } from "../runtime/kinds.ts";

export const dtype = oneOf("f32", "f64");

const texts = either("a text or a list of texts", text, listOf(text));
export const columnMap = byName(texts);

/** The loader looks into the arrays. */
const arrays = object({ inputs: thing, targets: thing });
export const dataSource = either("a path, a list of paths, or { inputs, targets }", text, listOf(text), arrays);
