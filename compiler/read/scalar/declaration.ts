/**
 * Which declaration a name means: lexical scopes from the inside out, and on through relative imports.
 *
 *   const ALPHA = 0.01;  elementwise((x) => x * ALPHA)      ALPHA -> the variable declaration
 */
import type { Identifier, ImportSpecifier, Node, SourceFile } from "ts-morph";
import type { Sources } from "../source.ts";
import { Syntax } from "../syntax.ts";

/** The declaration that is in force where the identifier stands; undefined for a global. */
export function declarationOf(identifier: Identifier, sources: Sources | undefined): Node | undefined {
  const name = identifier.getText();
  for (const scope of identifier.getAncestors()) {
    const declared = declaredIn(scope, name);
    if (declared) return Syntax.isImportSpecifier(declared) ? imported(declared, sources) : declared;
  }
  return undefined;
}

function declaredIn(scope: Node, name: string): Node | undefined {
  if (Syntax.isFunctionLikeDeclaration(scope) || Syntax.isFunctionExpression(scope)) {
    const parameter = scope.getParameters().find((one) => binds(one.getNameNode(), name));
    if (parameter) return parameter;
    return Syntax.isFunctionExpression(scope) && scope.getName() === name ? scope : undefined;
  }
  if (Syntax.isForOfStatement(scope) || Syntax.isForInStatement(scope) || Syntax.isForStatement(scope)) {
    const initializer = scope.getInitializer();
    if (!Syntax.isVariableDeclarationList(initializer)) return undefined;
    return initializer.getDeclarations().find((one) => binds(one.getNameNode(), name));
  }
  if (!Syntax.isBlock(scope) && !Syntax.isSourceFile(scope)) return undefined;
  const variable = scope.getVariableDeclarations().find((one) => binds(one.getNameNode(), name));
  const declared = variable ?? scope.getFunction(name) ?? scope.getClass(name) ?? scope.getEnum(name);
  return declared ?? (Syntax.isSourceFile(scope) ? importIn(scope, name) : undefined);
}

/** Whether a name, or a pattern of names, declares this one. */
const binds = (place: Node, name: string): boolean =>
  Syntax.isIdentifier(place)
    ? place.getText() === name
    : place.getDescendants().some((part) => Syntax.isBindingElement(part) && part.getName() === name);

function importIn(file: SourceFile, name: string): Node | undefined {
  for (const one of file.getImportDeclarations()) {
    if (one.getDefaultImport()?.getText() === name || one.getNamespaceImport()?.getText() === name) return one;
    const named = one.getNamedImports().find((part) => (part.getAliasNode() ?? part.getNameNode()).getText() === name);
    if (named) return named;
  }
  return undefined;
}

/** The declaration behind an import where the file was read too; else the import itself. */
function imported(specifier: ImportSpecifier, sources: Sources | undefined): Node {
  const from = specifier.getSourceFile().getFilePath();
  const path = sources?.imports.get(from)?.get(specifier.getImportDeclaration().getModuleSpecifierValue());
  const source = path === undefined ? undefined : sources?.get(path);
  const declared = source && declaredIn(source.tree, specifier.getName());
  if (!declared) return specifier;
  return Syntax.isImportSpecifier(declared) ? imported(declared, sources) : declared;
}
