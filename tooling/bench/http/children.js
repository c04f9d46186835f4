/** Servers and wrk as processes of their own. */
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {{ url: string, pid: number, stop(): Promise<void> }} Child */

/**
 * Starts a server that says where it listens.
 *
 * @param {readonly string[]} argv Of Node.
 * @param {string} [log] Level of the warnings that are shown; nothing unless given.
 * @returns {Promise<Child>}
 */
export function startChild(argv, log) {
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', log ? 'inherit' : 'ignore'] });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      const url = /Listening on (\S+)/.exec(output)?.[1];
      if (url === undefined) return;
      resolve({
        url,
        pid: Number(child.pid),
        async stop() {
          child.kill('SIGKILL');
          await exited;
        },
      });
    });
    exited.then(() => reject(new Error(`The server ended before it listened: ${argv.join(' ').slice(0, 200)}`)));
  });
}

/** @typedef {{ method: string, path: string, headers: Record<string, string>, body: string }} Asked */
/** @typedef {{ perSecond: number, p99: number, failed: number, processorUs: number }} Load Milliseconds; processor time per request. */

/**
 * Loads a server with wrk at 64 connections from one thread.
 *
 * @param {Child} server
 * @param {Asked} asked
 * @param {number} seconds
 * @param {string} folder For the script.
 * @returns {Load}
 */
export function runWrk({ url, pid }, { method, path, headers, body }, seconds, folder) {
  const script = join(folder, 'request.lua');
  const lines = Object.entries(headers).map(([name, value]) => `wrk.headers[${quote(name)}] = ${quote(value)}`);
  // The latencies come as one line, in microseconds.
  writeFileSync(
    script,
    `wrk.method = ${quote(method)}
wrk.body = ${quote(body)}
${lines.join('\n')}
done = function(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("RESULT %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(99), failed))
end
`,
  );
  const used = processorTime(pid);
  const output = execFileSync(
    'wrk',
    ['-t1', '-c64', '--timeout', '10s', `-d${seconds}s`, '-s', script, `${url}${path}`],
    {
      encoding: 'utf8',
    },
  );
  const processorUs = processorTime(pid) - used;
  const [requests = 0, durationUs = 1, p99 = 0, failed = 0] = (/RESULT (.+)/.exec(output)?.[1] ?? '')
    .split(' ')
    .map(Number);
  const perSecond = (requests * 1e6) / durationUs;
  return { perSecond, p99: p99 / 1_000, failed, processorUs: processorUs / requests };
}

/**
 * @param {number} pid
 * @returns {number} Microseconds of processor time since the process started; Linux counts them in hundredths of a second.
 */
function processorTime(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** @param {string} text */
function quote(text) {
  return JSON.stringify(text);
}
