/**
 * Lets each call of a model file know its place at run time.
 *
 *   const hidden = relu(dense(x, 128));
 *   const hidden = __nablaSite(0, relu)(__nablaSite(1, dense)(x, 128));    // 0, 1 -> { span, binding: "hidden" }
 *
 * Only callees that need no `this` are wrapped: plain names, and members of a namespace import of the DSL. The edits keep
 * every line, and offsets lead back through edits.ts.
 */
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import type { CallExpression, Expression, Node } from "ts-morph";
import { bindingOf } from "./binding.ts";
import type { Edit } from "./edits.ts";
import type { CallSite } from "./site.ts";
import { type Source, type Sources, spanIn } from "./source.ts";
import { Syntax } from "./syntax.ts";

export const siteFunction = "__nablaSite";

/** Adds the file's call sites to `sites` and gives the edits that refer to them by number. */
export function instrument(source: Source, sources: Sources, sites: CallSite[]): Edit[] {
  const namespaces = namespacesOf(source);
  const edits: Edit[] = [];
  source.tree.forEachDescendant((node) => {
    if (Syntax.isCallExpression(node) && isWrapped(node, namespaces)) {
      const callee = node.getExpression();
      edits.push({ start: callee.getStart(), end: callee.getStart(), text: `${siteFunction}(${sites.length}, ` });
      edits.push({ start: callee.getEnd(), end: callee.getEnd(), text: ")" });
      sites.push(siteAt(node, callee, source, sources));
    }
    const own = ownPlace(node, source.path);
    if (own !== undefined) edits.push({ start: node.getStart(), end: node.getEnd(), text: JSON.stringify(own) });
  });
  return edits;
}

const siteAt = (call: CallExpression, callee: Expression, source: Source, sources: Sources): CallSite => ({
  span: spanIn(source, call.getStart(), call.getEnd()),
  binding: bindingOf(call),
  callee: callee.getText(),
  call,
  sources,
});

/** Names that stand for the whole DSL: `nb` in `import * as nb from "nabla"`. */
function namespacesOf(source: Source): Set<string> {
  const imports = source.tree.getImportDeclarations().filter((one) => one.getModuleSpecifierValue() === "nabla");
  return new Set(imports.flatMap((one) => one.getNamespaceImport()?.getText() ?? []));
}

/** `eval` and `require` mean something else when called through another function. */
const isOrdinaryName = (callee: Node): boolean =>
  Syntax.isIdentifier(callee) && callee.getText() !== "eval" && callee.getText() !== "require";

function isWrapped(call: CallExpression, namespaces: ReadonlySet<string>): boolean {
  // The grammar of decorators has room for one call only.
  if (call.hasQuestionDotToken() || Syntax.isDecorator(call.getParent())) return false;
  const callee = call.getExpression();
  if (isOrdinaryName(callee)) return true;
  if (!Syntax.isPropertyAccessExpression(callee) || callee.hasQuestionDotToken()) return false;
  const owner = callee.getExpression();
  return Syntax.isIdentifier(owner) && namespaces.has(owner.getText());
}

/** What `import.meta` says of the file; the bundle, which is one script, would forget it. */
function ownPlace(node: Node, path: string): string | undefined {
  if (!Syntax.isPropertyAccessExpression(node) || node.getExpression().getText() !== "import.meta") return undefined;
  const places: Record<string, string> = { url: pathToFileURL(path).href, filename: path, dirname: dirname(path) };
  return places[node.getName()];
}
