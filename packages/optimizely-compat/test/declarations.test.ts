/** The declarations beside the official ones: what compiles with one SDK compiles with the other. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as official from '@optimizely/optimizely-sdk';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { CHECKED_PARTS, DIFFERENCES } from './declaration-differences.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
const OFFICIAL = '@optimizely/optimizely-sdk';
const OURS = '../src/node.ts';

/** Types that take a type argument. */
const GENERIC = /^(Sync|Async)?(Cache|CacheWithRemove|Store)$/;

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  customConditions: ['@sortition/source'],
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
  types: [],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
};

const parsed = new Map<string, ts.SourceFile | undefined>();

/** Compiles a text as a module beside this one. */
function compile(text: string): { readonly program: ts.Program; readonly file: ts.SourceFile } {
  const path = join(HERE, 'compiled.ts');
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

/** The exported names of both, as the compiler sees them. */
function exportedNames(): { readonly official: string[]; readonly ours: string[] } {
  const { program, file } = compile(`import * as official from '${OFFICIAL}'; import * as ours from '${OURS}';`);
  const checker = program.getTypeChecker();
  const [theirs = [], ours = []] = file.statements.map((statement) => {
    const module = checker.getSymbolAtLocation((statement as ts.ImportDeclaration).moduleSpecifier) as ts.Symbol;
    return checker.getExportsOfModule(module).map(({ name }) => name);
  });
  return { official: theirs.sort(), ours: ours.sort() };
}

const names = exportedNames();
const differing = new Set(DIFFERENCES.map(({ name }) => name));

/** A type of both modules; `$` stands for the module. */
function typeOf(name: string): string {
  if (Object.hasOwn(official, name)) return `typeof $.${name}`;
  return GENERIC.test(name) ? `$.${name}<string>` : `$.${name}`;
}

/** Says for each of the types whether it is assignable in both directions. */
function compare(types: ReadonlyMap<string, string>): Map<string, string> {
  const lines = [...types].map(
    ([, type], index) =>
      `export const same${index}: Same<${type.replaceAll('$', 'Ours')}, ${type.replaceAll('$', 'Official')}> = 'mutual';`,
  );
  const head = [
    `import type * as Official from '${OFFICIAL}';`,
    `import type * as Ours from '${OURS}';`,
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

const PART = 'part of ';
const verdicts = compare(
  new Map([
    ...names.official.map((name) => [name, typeOf(name)] as const),
    ...Object.entries(CHECKED_PARTS).map(([name, type]) => [`${PART}${name}`, type] as const),
  ]),
);

describe('declarations', () => {
  it('export the names of the official SDK, and no others but those of shadow mode', () => {
    expect(names.ours.filter((name) => !/Shadow|^ComparedDecision$|^DifferenceKind$/.test(name))).toEqual(
      names.official,
    );
    expect(Object.keys(official)).toHaveLength(22);
  });

  it.each(names.official.filter((name) => !differing.has(name)))('are assignable in both directions: %s', (name) => {
    expect(verdicts.get(name)).toBe('mutual');
  });

  it.each(DIFFERENCES)('differ where the table says so: $name', ({ name }) => {
    expect(verdicts.get(name)).not.toBe('mutual');
  });

  it.each(Object.keys(CHECKED_PARTS))('are assignable in both directions where %s is not opaque', (name) => {
    expect(verdicts.get(`${PART}${name}`)).toBe('mutual');
  });
});
