/**
 * Finds where code asks for flags and tracks events, with the TypeScript compiler: a key may be written in the call, or come
 * from a constant, an enumeration or a conditional anywhere in the program.
 */
import { readdirSync, statSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import type ts from 'typescript';
import { CommandError } from '../command-error.ts';
import { CALLS, type KeyPlace } from './calls.ts';

type Compiler = typeof ts;

/** A place in the code. */
export interface Place {
  /** Relative to the working directory, with forward slashes. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** Name of the function that is called. */
  readonly call: string;
}

/** A key in use. */
export interface Usage extends Place {
  readonly kind: 'flag' | 'event';
  /** `null` when it is known only when the code runs. */
  readonly key: string | null;
}

const EXTENSIONS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'];
const IGNORED_FOLDERS = ['node_modules', 'dist', 'build', 'coverage'];

/**
 * Finds usages in files and folders.
 *
 * @throws CommandError when a path does not exist, or contains no code
 */
export function findUsages(compiler: Compiler, paths: readonly string[]): readonly Usage[] {
  const files = paths.flatMap(listFiles);
  if (files.length === 0)
    throw new CommandError(
      `There is no code in ${paths.join(', ')}; expected files that end with ${EXTENSIONS.join(', ')}.`,
    );
  const program = compiler.createProgram(files, readOptions(compiler, files[0] as string));
  const checker = program.getTypeChecker();
  const usages: Usage[] = [];
  for (const file of files) {
    const source = program.getSourceFile(file);
    if (source === undefined) continue;
    const visit = (node: ts.Node): void => {
      if (compiler.isCallExpression(node)) usages.push(...usagesOf(compiler, checker, source, node));
      compiler.forEachChild(node, visit);
    };
    visit(source);
  }
  return usages;
}

function usagesOf(
  compiler: Compiler,
  checker: ts.TypeChecker,
  source: ts.SourceFile,
  node: ts.CallExpression,
): Usage[] {
  const call = nameOf(compiler, node.expression);
  const place = call === undefined ? undefined : CALLS.get(call);
  if (call === undefined || place === undefined) return [];
  const at = (expression: ts.Node, key: string | null): Usage => {
    const { line, character } = source.getLineAndCharacterOfPosition(expression.getStart(source));
    return {
      kind: place === 'event' ? 'event' : 'flag',
      key: key !== null && place === 'address' ? (key.split('.', 1)[0] as string) : key,
      file: relative(process.cwd(), source.fileName).replaceAll('\\', '/'),
      line: line + 1,
      column: character + 1,
      call,
    };
  };
  return keyExpressions(compiler, checker, node, place).flatMap((expression) => {
    const keys = keysOf(compiler, checker, expression);
    return keys === undefined ? [at(expression, null)] : keys.map((key) => at(expression, key));
  });
}

function nameOf(compiler: Compiler, callee: ts.Expression): string | undefined {
  if (compiler.isIdentifier(callee)) return callee.text;
  if (compiler.isPropertyAccessExpression(callee)) return callee.name.text;
  return undefined;
}

/** The arguments of a call that are keys; none when the call is to an unrelated function with the same name. */
function keyExpressions(
  compiler: Compiler,
  checker: ts.TypeChecker,
  { arguments: [first, second, third] }: ts.CallExpression,
  place: KeyPlace,
): readonly ts.Expression[] {
  const isText = (expression: ts.Expression | undefined): expression is ts.Expression =>
    expression !== undefined && isTextType(compiler, checker.getTypeAtLocation(expression));
  switch (place) {
    case 'flags': {
      const list = [first, second, third].find(
        (argument) => argument && compiler.isArrayLiteralExpression(unwrap(compiler, argument)),
      );
      if (list !== undefined) return [...(unwrap(compiler, list) as ts.ArrayLiteralExpression).elements];
      const other = [first, second, third].find(
        (argument) => argument && checker.isArrayLikeType(checker.getTypeAtLocation(argument)),
      );
      return other === undefined ? [] : [other];
    }
    case 'flag-of-object': {
      const target = [first, second].find((argument) => argument && compiler.isObjectLiteralExpression(argument));
      const properties = target === undefined ? [] : [...(target as ts.ObjectLiteralExpression).properties];
      return properties.flatMap((property) =>
        compiler.isPropertyAssignment(property) && property.name.getText() === 'flagKey' ? [property.initializer] : [],
      );
    }
    default:
      return [first, second].filter(isText).slice(0, 1);
  }
}

function isTextType(compiler: Compiler, type: ts.Type): boolean {
  const parts = type.isUnion() ? type.types : [type];
  return parts.length > 0 && parts.every(({ flags }) => (flags & compiler.TypeFlags.StringLike) !== 0);
}

/** The keys that an expression can have; `undefined` when any text is possible. */
function keysOf(compiler: Compiler, checker: ts.TypeChecker, expression: ts.Expression): readonly string[] | undefined {
  const type = checker.getTypeAtLocation(expression);
  const element = checker.isArrayLikeType(type) ? checker.getIndexTypeOfType(type, compiler.IndexKind.Number) : type;
  if (element === undefined) return undefined;
  const parts = element.isUnion() ? element.types : [element];
  // A parameter of a union, such as every flag key there is, says what may be passed, not what is.
  if (parts.length > 1 && isParameter(compiler, checker, expression)) return undefined;
  const keys = parts.map((part) => (part.isStringLiteral() ? part.value : undefined));
  return keys.every((key) => key !== undefined) ? keys : undefined;
}

function isParameter(compiler: Compiler, checker: ts.TypeChecker, expression: ts.Expression): boolean {
  const target = unwrap(compiler, expression);
  if (!compiler.isIdentifier(target)) return false;
  const declaration = checker.getSymbolAtLocation(target)?.valueDeclaration;
  return declaration !== undefined && (compiler.isParameter(declaration) || compiler.isBindingElement(declaration));
}

function unwrap(compiler: Compiler, expression: ts.Expression): ts.Expression {
  return compiler.isAsExpression(expression) ||
    compiler.isSatisfiesExpression(expression) ||
    compiler.isParenthesizedExpression(expression)
    ? unwrap(compiler, expression.expression)
    : expression;
}

/** Settings of the project that say where imports lead; nothing is emitted or reported. */
function readOptions(compiler: Compiler, file: string): ts.CompilerOptions {
  const config = compiler.findConfigFile(file, compiler.sys.fileExists);
  const own =
    config === undefined
      ? {}
      : compiler.parseJsonConfigFileContent(
          compiler.readConfigFile(config, compiler.sys.readFile).config ?? {},
          compiler.sys,
          join(config, '..'),
        ).options;
  return {
    module: compiler.ModuleKind.ESNext,
    moduleResolution: compiler.ModuleResolutionKind.Bundler,
    target: compiler.ScriptTarget.ES2022,
    jsx: compiler.JsxEmit.Preserve,
    ...own,
    allowJs: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    lib: ['lib.es2022.d.ts'],
  };
}

function listFiles(path: string): readonly string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined)
    throw new CommandError(`There is no file or folder "${path}"; give the code to look through.`);
  if (found.isFile()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const own = join(path, entry.name);
      if (entry.isDirectory())
        return IGNORED_FOLDERS.includes(entry.name) || entry.name.startsWith('.') ? [] : listFiles(own);
      return EXTENSIONS.includes(extname(entry.name)) && !/\.d\.[cm]?ts$/.test(entry.name) ? [own] : [];
    });
}
