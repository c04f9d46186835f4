/**
 * The table of clients and servers in the operators' guide: runs the tests of every client version on Redis, and on Valkey
 * where `valkey-server` is on PATH or named by `VALKEY_SERVER`. With `--write` the table goes into the guide.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CLIENT_VERSIONS } from '../client-versions.ts';

interface ServerBinary {
  /** Name and version, such as `Redis 7.0.15`. */
  readonly name: string;
  readonly path: string;
}

interface TestResult {
  readonly title: string;
  readonly status: string;
}

const PAGE = new URL('../../../../docs/guides/operating-redis.md', import.meta.url);
const BEGIN = '<!-- written by `pnpm chaos clients --write` -->';
const END = '<!-- end -->';

export async function run(args: readonly string[]): Promise<boolean> {
  const servers = findServers();
  const results = new Map<ServerBinary, readonly TestResult[]>();
  for (const server of servers) results.set(server, await runTests(server));
  const rows = CLIENT_VERSIONS.map(({ name }) => [
    name,
    ...servers.map((server) => {
      const own = results.get(server)?.filter(({ title }) => isAbout(title, name)) ?? [];
      const passed = own.filter(({ status }) => status === 'passed').length;
      return passed === own.length && passed > 0 ? `all ${passed}` : `${passed} of ${own.length}`;
    }),
  ]);
  const table = toTable(['client', ...servers.map(({ name }) => name)], rows);
  console.log(table);
  if (args.includes('--write')) write(table);
  return rows.every(([, ...cells]) => cells.every((cell) => cell.startsWith('all ')));
}

function write(table: string): void {
  const page = readFileSync(PAGE, 'utf8');
  const [head, tail] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (head === -1 || tail < head) throw new Error(`${fileURLToPath(PAGE)} has no place for the table.`);
  writeFileSync(PAGE, `${page.slice(0, head)}${BEGIN}\n\n${table}\n\n${page.slice(tail)}`);
}

function findServers(): ServerBinary[] {
  const candidates = [which('redis-server'), process.env.VALKEY_SERVER ?? which('valkey-server')];
  return candidates.flatMap((path) => {
    if (path === undefined) return [];
    const said = execFileSync(path, ['--version'], { encoding: 'utf8' });
    const version = /v=([\d.]+)/.exec(said)?.[1] ?? '';
    return [{ name: `${/valkey/i.test(said) ? 'Valkey' : 'Redis'} ${version}`, path }];
  });
}

function which(name: string): string | undefined {
  try {
    return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

/** The tests start what is called redis-server on their PATH, and leave their report where those of all tests are. */
async function runTests({ name, path }: ServerBinary): Promise<readonly TestResult[]> {
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const report = join(cwd, '.reports', 'vitest.json');
  const former = existsSync(report) ? readFileSync(report) : null;
  const folder = mkdtempSync(join(tmpdir(), 'sortition-clients-'));
  symlinkSync(path, join(folder, 'redis-server'));
  console.log(`The clients on ${name}`);
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` };
  try {
    const args = ['vitest', 'run', 'test/client-versions.test.ts'];
    await once(spawn('npx', args, { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] }), 'close');
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
      testResults: { assertionResults: TestResult[] }[];
    };
    return testResults.flatMap(({ assertionResults }) => assertionResults);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    if (former) writeFileSync(report, former);
    else rmSync(report, { force: true });
  }
}

/** Titles name a client in full; of `node-redis 6.3.1` none of another version begins the same. */
function isAbout(title: string, name: string): boolean {
  return title.includes(`${name}:`) || title.includes(`${name} `) || title.includes(`${name}'`);
}

function toTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heads, heads.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
