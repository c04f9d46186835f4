/** Sends requests over kept connections, each as soon as the one before it on its connection was answered. */
import { Agent, type IncomingMessage, request } from 'node:http';

/** What to send, over and over. */
export interface Load {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  /** A new body for each request. */
  readonly body?: () => string;
  readonly connections: number;
  readonly seconds: number;
  /** The only acceptable answer. */
  readonly status: number;
  /** Told once a second how many answers there were in it. */
  readonly onSecond: (answers: number) => void;
}

/** What came back. */
export interface LoadResult {
  readonly answers: number;
  readonly perSecond: number;
  /** Milliseconds within which 99 of 100 answers came. */
  readonly p99Ms: number;
  /** Cores this process kept busy, both sides of the connections together. */
  readonly cores: number;
}

/** Rejects at the first answer of another status. */
export async function runClosedLoop(load: Load): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections });
  const latencies: number[] = [];
  const startedAt = performance.now();
  const cpuAtStart = process.cpuUsage();
  const endsAt = startedAt + 1_000 * load.seconds;
  let told = 0;
  const progress = setInterval(() => {
    load.onSecond(latencies.length - told);
    told = latencies.length;
  }, 1_000);
  const connection = async (): Promise<void> => {
    while (performance.now() < endsAt) {
      const sentAt = performance.now();
      const status = await send(agent, load);
      if (status !== load.status) throw new Error(`${load.url} answered ${status}`);
      latencies.push(performance.now() - sentAt);
    }
  };
  try {
    await Promise.all(Array.from({ length: load.connections }, connection));
  } finally {
    clearInterval(progress);
    agent.destroy();
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(cpuAtStart);
  latencies.sort((left, right) => left - right);
  return {
    answers: latencies.length,
    perSecond: latencies.length / seconds,
    p99Ms: latencies[Math.floor(0.99 * latencies.length)] ?? Number.NaN,
    cores: (user + system) / 1e6 / seconds,
  };
}

function send(agent: Agent, { url, method, headers, body }: Load): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, method, headers }, (answer: IncomingMessage) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode ?? 0));
      answer.once('error', reject);
    });
    outgoing.once('error', reject);
    outgoing.end(body?.());
  });
}
