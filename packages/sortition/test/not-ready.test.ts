import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ConfigSource, createClient, createPollingConfig } from '../src/index.ts';

/** A port that nothing listens on. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function readyError(config: ConfigSource, timeoutMs = 1_500): Promise<Error & { code?: string }> {
  const client = createClient({ config, events: null, logger: false });
  const error = await client.ready({ timeoutMs }).then(
    () => undefined,
    (reason) => reason,
  );
  await client.close({ timeoutMs: 100 });
  return error;
}

/** A source without a config that reports a problem with this cause. */
function failingSource(cause: Error): ConfigSource {
  const problem = { code: 'copy-failed', part: 'config', message: 'There is no copy.', cause } as const;
  return {
    current: () => null,
    subscribe(listener) {
      listener({ type: 'problem', problem });
      return () => undefined;
    },
  };
}

describe('a client that does not become ready', () => {
  it('names a refused port, in the sentence and in the cause', async () => {
    const urlTemplate = `http://127.0.0.1:${await closedPort()}/%s`;
    const error = await readyError(createPollingConfig({ sdkKey: 'key', urlTemplate }));
    expect(error).toMatchObject({ code: 'not-ready', message: expect.stringContaining('ECONNREFUSED') });
    expect(error.cause).toMatchObject({ code: 'request-failed' });
  });

  it('names the status of an answer, and no data about it', async () => {
    const server = createHttpServer((_, response) => response.writeHead(404).end()).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const urlTemplate = `http://127.0.0.1:${(server.address() as AddressInfo).port}/%s`;
    const error = await readyError(createPollingConfig({ sdkKey: 'key', urlTemplate }));
    expect(error.message).toContain('status 404');
    expect(error.message).not.toContain('[object');
  });

  it('names the innermost cause of a source, and keeps the causes around it', async () => {
    const innermost = new Error('the disk is gone');
    const cause = new Error('the copy could not be read', { cause: new Error('reading failed', { cause: innermost }) });
    const error = await readyError(failingSource(cause), 20);
    expect(error.message).toContain('There is no copy. (the disk is gone)');
    expect(error.cause).toBe(cause);
  });

  it('is told also where the message of a cause cannot be shown', async () => {
    const message = {
      toString() {
        throw new Error('not to be shown');
      },
    };
    const cause = Object.assign(new Error(), { message });
    expect(await readyError(failingSource(cause), 20)).toMatchObject({
      code: 'not-ready',
      message: expect.stringContaining('There is no copy. (an error that cannot be shown)'),
    });
  });

  it('says what it waited for when the source told nothing', async () => {
    const error = await readyError({ current: () => null, subscribe: () => () => undefined }, 20);
    expect(error.message).toBe(
      'The client had no config after 20 ms. Check the SDK key and the network; it keeps trying.',
    );
    expect(error.cause).toBeUndefined();
  });
});
