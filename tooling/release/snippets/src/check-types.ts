/**
 * Type-checks snippets as an application's compiler would, on the sources of the packages.
 *
 * One program for all of them: most of the time goes into the libraries they share.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { findPackageFolders, type Snippet } from './documents.ts';

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.esnext.disposable.d.ts'],
  types: ['node'],
  typeRoots: [fileURLToPath(new URL('../../node_modules/@types', import.meta.url))],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  customConditions: ['@sortition/source'],
  allowImportingTsExtensions: true,
  jsx: ts.JsxEmit.ReactJSX,
  noEmit: true,
  strict: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
};

/** The hash library has no types of its own. */
const AMBIENT = fileURLToPath(new URL('../../../../packages/core/src/murmurhash-js.d.ts', import.meta.url));

/** Returns for each snippet, in order, what the compiler has against it, as `document:line: message`. */
export function checkTypes(snippets: readonly Snippet[]): readonly (readonly string[])[] {
  const files = new Map(snippets.map((snippet, index) => [join(snippet.folder, `snippet-${index}.tsx`), snippet]));
  const host = ts.createCompilerHost(OPTIONS);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => files.get(path)?.code ?? readFile(path);
  host.getSourceFile = (path, options, ...rest) => {
    const snippet = files.get(path);
    return snippet
      ? ts.createSourceFile(path, snippet.code, options, true, ts.ScriptKind.TSX)
      : getSourceFile(path, options, ...rest);
  };
  host.resolveModuleNameLiterals = (literals, containingFile) =>
    literals.map(({ text }) => resolve(text, containingFile, files.has(containingFile), host));
  const program = ts.createProgram([...files.keys(), AMBIENT], OPTIONS, host);
  return [...files].map(([path, snippet]) => {
    const file = program.getSourceFile(path);
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    return found.map((diagnostic) => formatDiagnostic(diagnostic, snippet));
  });
}

/** A snippet may import any package of the workspace, and whatever one of them has installed. */
function resolve(
  name: string,
  containingFile: string,
  isSnippet: boolean,
  host: ts.CompilerHost,
): ts.ResolvedModuleWithFailedLookupLocations {
  const from = [dirname(containingFile), ...(isSnippet && !name.startsWith('.') ? findPackageFolders() : [])];
  let last: ts.ResolvedModuleWithFailedLookupLocations = { resolvedModule: undefined };
  for (const folder of from) {
    last = ts.resolveModuleName(name, join(folder, 'snippet.ts'), OPTIONS, host);
    if (last.resolvedModule) return last;
  }
  return last;
}

function formatDiagnostic({ start, file, messageText }: ts.Diagnostic, { document, line }: Snippet): string {
  const offset = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line : 0;
  return `${document}:${line + offset}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
}
