/**
 * A `fetch` over one connection that writes requests one behind the other without waiting for answers (HTTP/1.1 pipelining),
 * many per system call. Each is a request of its own with a body of its own; there is just nothing in between.
 */
import { connect } from 'node:net';

interface PipelinedFetch {
  readonly fetch: typeof fetch;
  close(): void;
}

/** Connects to a loopback server whose answers carry a content length. */
export function createPipelinedFetch(port: number): PipelinedFetch {
  const socket = connect(port, '127.0.0.1');
  const waiting: ((body: string) => void)[] = [];
  let unsent: string[] = [];
  let received = Buffer.alloc(0);

  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    for (let answer = takeAnswer(); answer !== undefined; answer = takeAnswer()) waiting.shift()?.(answer);
  });

  function takeAnswer(): string | undefined {
    const headEnd = received.indexOf('\r\n\r\n');
    if (headEnd < 0) return undefined;
    const length = Number(/content-length: (\d+)/i.exec(received.toString('latin1', 0, headEnd))?.[1]);
    const end = headEnd + 4 + length;
    if (received.byteLength < end) return undefined;
    const body = received.toString('utf8', headEnd + 4, end);
    received = received.subarray(end);
    return body;
  }

  function send(request: string): void {
    if (unsent.length === 0) {
      setImmediate(() => {
        socket.write(unsent.join(''));
        unsent = [];
      });
    }
    unsent.push(request);
  }

  const pipelined = (url: string | URL | Request, init: RequestInit = {}): Promise<Response> =>
    new Promise((resolve) => {
      const { pathname, host } = new URL(String(url));
      const body = String(init.body);
      const headers = Object.entries({ host, ...init.headers, 'content-length': Buffer.byteLength(body) });
      send(
        `POST ${pathname} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n${body}`,
      );
      waiting.push((text) => {
        const answer = { status: 200, type: 'basic', headers: { get: () => null }, body: null, text: async () => text };
        resolve(answer as unknown as Response);
      });
    });

  return { fetch: pipelined, close: () => socket.destroy() };
}
