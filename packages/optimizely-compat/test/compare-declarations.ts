/** Two modules beside each other as the compiler sees them: their names, and whether the types fit in both directions. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** The official module and ours, as they are imported from a file in this folder. */
export interface ComparedModules {
  readonly official: string;
  readonly ours: string;
}

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  customConditions: ['@sortition/source', 'node'],
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
  types: [],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
};

const parsed = new Map<string, ts.SourceFile | undefined>();

/** Compiles a text as a module in this folder. */
function compile(text: string): { readonly program: ts.Program; readonly file: ts.SourceFile } {
  const path = join(dirname(fileURLToPath(import.meta.url)), 'compiled.ts');
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === path || fileExists(name);
  host.getSourceFile = (name, languageVersion) => {
    if (name === path) return ts.createSourceFile(name, text, languageVersion, true);
    if (!parsed.has(name)) parsed.set(name, getSourceFile(name, languageVersion));
    return parsed.get(name);
  };
  const program = ts.createProgram([path], options, host);
  return { program, file: program.getSourceFile(path) as ts.SourceFile };
}

/** The exported names of both, sorted. */
export function exportedNames(modules: ComparedModules): { readonly official: string[]; readonly ours: string[] } {
  const { program, file } = compile(
    `import * as official from '${modules.official}'; import * as ours from '${modules.ours}';`,
  );
  const checker = program.getTypeChecker();
  const [official = [], ours = []] = file.statements.map((statement) => {
    const module = checker.getSymbolAtLocation((statement as ts.ImportDeclaration).moduleSpecifier) as ts.Symbol;
    return checker.getExportsOfModule(module).map(({ name }) => name);
  });
  return { official: official.sort(), ours: ours.sort() };
}

/**
 * Says for each of the types whether it is assignable in both directions: `mutual`, or what the compiler says.
 *
 * @param types By name; `$` stands for the module.
 */
export function compareTypes(modules: ComparedModules, types: ReadonlyMap<string, string>): Map<string, string> {
  const lines = [...types].map(
    ([, type], index) =>
      `export const same${index}: Same<${type.replaceAll('$', 'Ours')}, ${type.replaceAll('$', 'Official')}> = 'mutual';`,
  );
  const head = [
    `import type * as Official from '${modules.official}';`,
    `import type * as Ours from '${modules.ours}';`,
    `type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? 'mutual' : 'the official one does not fit ours') : 'ours does not fit the official one';`,
  ];
  const { program, file } = compile([...head, ...lines].join('\n'));
  const verdicts = new Map([...types.keys()].map((name) => [name, 'mutual']));
  for (const { start = 0, messageText } of program.getSemanticDiagnostics(file)) {
    const line = file.getLineAndCharacterOfPosition(start).line - head.length;
    const name = [...types.keys()][line] ?? 'the imports';
    verdicts.set(name, ts.flattenDiagnosticMessageText(messageText, '\n'));
  }
  return verdicts;
}

/** Compiles a program; returns what is wrong with it, as the compiler says it. */
export function findErrors(text: string): readonly string[] {
  const { program, file } = compile(text);
  const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  return found.map(({ start = 0, messageText }) => {
    const { line } = file.getLineAndCharacterOfPosition(start);
    return `line ${line + 1}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}
