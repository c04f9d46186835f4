/** Three instances behind a real nginx, with a real Redis between them. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLabServer, type LabServer } from '@sortition/emulator';
import { SHOP_DATAFILE } from '@sortition/emulator/shop-datafile';
import { canStartRedis, type RedisServer, startRedisServer } from '@sortition/rig';
import { afterEach, describe, expect, it } from 'vitest';
import { type ServerProcess, startServer } from './server-process.ts';

const hasNginx = spawnSync('nginx', ['-v']).status === 0;
const isPossible = hasNginx && canStartRedis();
if (!isPossible && process.env.CI)
  throw new Error('nginx and redis-server are needed: apt-get install nginx-light redis-server');
if (!isPossible)
  console.warn('SKIPPED: nginx and redis-server are not installed (apt-get install nginx-light redis-server).');

const SDK_KEY = 'lab';
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Fleet {
  readonly url: string;
  readonly lab: LabServer;
  readonly redis: RedisServer;
  readonly instances: ServerProcess[];
  /** Starts another process in the place of an instance; nginx knows its new port afterwards. */
  replace(index: number): Promise<void>;
}

async function startFleet(): Promise<Fleet> {
  const redis = await startRedisServer();
  closing.push(() => redis.close());
  const lab = await createLabServer({ datafiles: { [SDK_KEY]: SHOP_DATAFILE } });
  closing.push(() => lab.close());
  const start = async (): Promise<ServerProcess> => {
    const argv = ['--lab', lab.url, '--sdk-key', SDK_KEY, '--redis-url', redis.url, '--notifications', 'on'];
    const server = await startServer([...argv, '--poll-interval-ms', '1000']);
    closing.push(() => server.signal('SIGKILL'));
    await expect.poll(async () => (await fetch(`${server.url}/ready`)).status, { timeout: 20_000 }).toBe(200);
    return server;
  };
  const instances = await Promise.all([start(), start(), start()]);
  const nginx = await startNginx(instances.map(({ url }) => new URL(url).host));
  return {
    url: nginx.url,
    lab,
    redis,
    instances,
    async replace(index) {
      const next = await start();
      const before = instances[index] as ServerProcess;
      instances[index] = next;
      await nginx.point(instances.map(({ url }) => new URL(url).host));
      before.signal('SIGTERM');
      expect(await before.exited).toBe(0);
    },
  };
}

async function startNginx(
  hosts: readonly string[],
): Promise<{ url: string; point(hosts: readonly string[]): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'decision-server-nginx-'));
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  const port = await freePort();
  const path = join(folder, 'nginx.conf');
  const write = (to: readonly string[]): void =>
    writeFileSync(
      path,
      `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log; worker_processes 1;
events { worker_connections 512; }
http {
  access_log off; client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder};
  uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  upstream fleet { ${to.map((host) => `server ${host};`).join(' ')} }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://fleet; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_next_upstream error timeout http_503 non_idempotent;
    }
  }
}`,
    );
  write(hosts);
  const child: ChildProcess = spawn('nginx', ['-c', path, '-p', folder], { stdio: 'ignore' });
  closing.push(() => child.kill('SIGTERM'));
  const url = `http://127.0.0.1:${port}`;
  await expect
    .poll(
      () =>
        fetch(`${url}/health`).then(
          ({ status }) => status,
          () => 0,
        ),
      { timeout: 10_000 },
    )
    .toBe(200);
  return {
    url,
    async point(to) {
      write(to);
      child.kill('SIGHUP');
      // New workers take over while old ones finish their requests.
      await new Promise((resolve) => setTimeout(resolve, 300));
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

const headers = { 'content-type': 'application/json', 'X-Optimizely-SDK-Key': SDK_KEY };

/** On a connection of its own: nginx closes kept ones when it is told of new servers. */
async function decide(url: string, userId: string): Promise<string> {
  const body = JSON.stringify({ userId, userAttributes: { plan: 'gold' } });
  const text = await new Promise<string>((resolve, reject) => {
    const sent = request(`${url}/v1/decide?keys=checkout`, { method: 'POST', headers, agent: false }, (answer) => {
      let received = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        received += part;
      });
      answer.on('error', reject).on('end', () => {
        if (answer.statusCode === 200) resolve(received);
        else reject(new Error(`${answer.statusCode}: ${received}`));
      });
    });
    sent.on('error', reject).end(body);
  });
  return (JSON.parse(text) as { variationKey: string }).variationKey;
}

async function listen(url: string, lastEventId?: string): Promise<{ text(): string; stop(): Promise<void> }> {
  const answer = await fetch(`${url}/v1/notifications/event-stream?filter=decision`, {
    headers: { ...headers, ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) },
  });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const reading = (async () => {
    for (;;) {
      const part = await reader?.read();
      if (part === undefined || part.done) return;
      text += part.value;
    }
  })().catch(() => undefined);
  return {
    text: () => text,
    async stop() {
      await reader?.cancel().catch(() => undefined);
      await reading;
    },
  };
}

const idsIn = (text: string): string[] => [...text.matchAll(/^id: (.+)$/gm)].map(([, id]) => id as string);

describe.skipIf(!isPossible)('three instances', () => {
  it('lose no decision, no assignment and no event while each is replaced under load', async () => {
    const fleet = await startFleet();
    const first = new Map<string, string>();
    const users = Array.from({ length: 60 }, (_, index) => `user-${index}`);
    for (const user of users) first.set(user, await decide(fleet.url, user));
    const assigned = await fleet.redis.command('KEYS', 'sortition:profile:*');
    let isRunning = true;
    let decided = users.length;
    const load = Promise.all(
      Array.from({ length: 4 }, async (_, worker) => {
        for (let index = worker; isRunning; index += 4) {
          const user = users[index % users.length] as string;
          expect(await decide(fleet.url, user)).toBe(first.get(user));
          decided += 1;
        }
      }),
    );
    for (const index of [0, 1, 2]) await fleet.replace(index);
    isRunning = false;
    await load;
    const stored = (reply: string): string[] =>
      reply
        .split('\r\n')
        .filter((line) => line.startsWith('sortition:'))
        .sort();
    expect(stored(assigned).length).toBeGreaterThan(50);
    expect(stored(await fleet.redis.command('KEYS', 'sortition:profile:*'))).toEqual(stored(assigned));
    for (const instance of fleet.instances) instance.signal('SIGTERM');
    for (const instance of fleet.instances) expect(await instance.exited).toBe(0);
    expect(fleet.lab.events.counts.unique).toBe(decided);
  }, 60_000);

  it('tell a subscriber of each other, also after it comes back and after one was killed', async () => {
    const fleet = await startFleet();
    const [one, two, three] = fleet.instances as [ServerProcess, ServerProcess, ServerProcess];
    const stream = await listen(one.url);
    await expect.poll(async () => (await fleet.redis.command('EXISTS', 'sortition:notifications')).trim()).toBe(':1');
    await decide(one.url, 'a');
    await decide(two.url, 'b');
    await expect.poll(() => idsIn(stream.text()).length, { timeout: 10_000 }).toBe(2);
    await stream.stop();
    const seen = idsIn(stream.text());
    await decide(three.url, 'c');
    two.signal('SIGKILL');
    await decide(one.url, 'd');
    const again = await listen(three.url, seen[0] as string);
    await expect.poll(() => idsIn(again.text()).length, { timeout: 10_000 }).toBe(3);
    await again.stop();
    expect(idsIn(again.text())[0]).toBe(seen[1]);
  }, 60_000);
});
