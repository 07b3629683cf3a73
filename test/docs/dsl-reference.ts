/**
 * The functions of the DSL as a reference, from their declarations and comments: the list in docs/dsl.md.
 *
 *   /** max(x, 0), with derivative 0 at 0. *\/ export const relu: Unary      ->      - `relu(x)`: max(x, 0), with ...
 */
import { fileURLToPath } from "node:url";
import {
  type ExportedDeclarations,
  Node,
  Project,
  type SourceFile,
  type Type,
  type Symbol as TypeSymbol,
} from "ts-morph";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Functions and objects by the file that declares them, in the order of the index; then the types, in one list. */
export function dslReference(): string {
  const project = new Project({ tsConfigFilePath: `${root}tsconfig.json`, skipAddingFilesFromTsConfig: true });
  const index = project.addSourceFileAtPath(`${root}compiler/dsl/index.ts`);
  const files = new Map<SourceFile, string[]>();
  const types: string[] = [];
  for (const [name, [declaration]] of index.getExportedDeclarations()) {
    if (declaration === undefined) throw new Error(`${name} has no declaration`);
    if (Node.isInterfaceDeclaration(declaration) || Node.isTypeAliasDeclaration(declaration)) {
      types.push(`- \`${name}\`: ${docOf(declaration)}`);
    } else {
      const file = declaration.getSourceFile();
      files.set(file, [...(files.get(file) ?? []), entry(name, declaration)]);
    }
  }
  const model = [...files].filter(([file]) => file.getBaseName() === "model.ts");
  const groups = [...new Map([...model, ...files])].map(
    ([file, entries]) => `### ${titleOf(file)}\n\n${entries.join("\n")}`,
  );
  return [...groups, `### Types\n\n${types.filter((line) => !line.endsWith(": ")).join("\n")}`].join("\n\n");
}

/** What a file's opening comment begins with, up to its first stop. */
function titleOf(file: SourceFile): string {
  const comment = /^\/\*\*([\s\S]*?)\*\//.exec(file.getFullText())?.[1] ?? file.getBaseNameWithoutExtension();
  return /^[^:.,]*/.exec(
    comment
      .replace(/^\s*\* ?/gm, "")
      .replace(/\s+/g, " ")
      .trim(),
  )![0];
}

function entry(name: string, declaration: ExportedDeclarations): string {
  const calls = declaration.getType().getCallSignatures();
  const forms = calls.map((call) => call.getParameters()).sort((a, b) => b.length - a.length);
  const parameters = forms[0] ?? [];
  const fewest = forms.at(-1)?.length ?? 0;
  const printed = parameters.map((p, i) => `${p.getName()}${i >= fewest || isOptional(p) ? "?" : ""}`);
  const settings = parameters.flatMap((parameter) => settingsOf(parameter.getTypeAtLocation(declaration)));
  return [`- \`${name}(${printed.join(", ")})\`: ${docOf(declaration)}`, ...settings.map((line) => `  - ${line}`)].join(
    "\n",
  );
}

const isOptional = (symbol: TypeSymbol): boolean =>
  symbol.getDeclarations().some((node) => Node.isParameterDeclaration(node) && node.isOptional());

/** The properties of an object of options, each with its comment. */
function settingsOf(type: Type): string[] {
  return type.getProperties().flatMap((property) => {
    const [node] = property.getDeclarations();
    if (!Node.isPropertySignature(node) && !Node.isMethodSignature(node)) return [];
    if (!/Options$|Spec$|^__type$/.test(node.getParent()?.getSymbol()?.getName() ?? "")) return [];
    return [`\`${node.getName()}${node.hasQuestionToken() ? "?" : ""}\`: ${docOf(node)}`.replace(/: $/, "")];
  });
}

/** The comment right above; a file's opening comment is not its first declaration's. */
function docOf(node: Node): string {
  const holder = Node.isVariableDeclaration(node) ? node.getVariableStatement() : node;
  const doc = Node.isJSDocable(holder) ? holder.getJsDocs().at(-1) : undefined;
  return doc ? markdown(doc.getDescription().trim()) : "";
}

/** Prose as one line, formulas (lines further in) as they stand; for an item of a list. */
function markdown(text: string): string {
  const parts = text.split(/((?:^ {2,}.*(?:\n|$))+)/m).filter((part) => part.trim() !== "");
  return parts
    .map((part) =>
      /^ {2,}/.test(part) ? `\`\`\`text\n${part.replace(/^ {2,}/gm, "").trimEnd()}\n\`\`\`` : prose(part),
    )
    .join("\n")
    .replaceAll("\n", "\n  ");
}

/** What Markdown would take for its own is escaped. */
const prose = (text: string): string =>
  text
    .trim()
    .replace(/\s+/g, " ")
    .replace(/([*_<|])/g, "\\$1");
