/**
 * A decision server from one command.
 *
 *     node dist/main.js --datafile datafile.json
 *
 * Prints its address once it listens. SIGTERM and SIGINT stop it after the requests under way were answered and the events
 * were sent.
 */
import { createRedisProfileStore } from '@sortition/profile-redis';
import { createJsonLogger, readSettings, SETTINGS, startDecisionServer } from '@sortition/server/node';
import { Redis } from 'ioredis';
import { isSdkError } from 'sortition';

await run(process.argv.slice(2));

async function run(argv: readonly string[]): Promise<void> {
  if (argv.includes('--help')) {
    console.log(helpText());
    return;
  }
  let redis: Redis | undefined;
  try {
    const settings = readSettings(argv, process.env);
    const logger = createJsonLogger(settings.logLevel, (line) => process.stderr.write(`${line}\n`));
    const connection = settings.redisUrl === null ? undefined : connect(settings.redisUrl);
    redis = connection;
    const server = await startDecisionServer(settings, {
      logger,
      ...(connection && {
        profiles: createRedisProfileStore({ client: connection }),
        redis: {
          command: (_key: string, args: readonly string[]) => connection.call(...(args as [string, ...string[]])),
        },
      }),
    });
    console.log(`Listening on ${server.url}`);
    const stop = (): void => {
      // A second signal ends the process at once.
      process.once('SIGTERM', () => process.exit(1));
      process.once('SIGINT', () => process.exit(1));
      server
        .stop()
        .finally(() => connection?.quit())
        .finally(() => process.exit(0));
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
  } catch (error) {
    // An open connection would keep the process.
    redis?.disconnect();
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = isSdkError(error) ? 2 : 1;
  }
}

function connect(url: string): Redis {
  const redis = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 1 });
  // The profile store and the notification stream report what fails; without a listener ioredis prints it as well.
  redis.on('error', () => undefined);
  return redis;
}

function helpText(): string {
  const width = Math.max(...SETTINGS.map(({ flag }) => flag.length));
  const lines = SETTINGS.map(({ flag, variable, fallback, help }) => {
    const preset = fallback === '' ? '' : ` (${fallback})`;
    return `  ${flag.padEnd(width)}  ${help}${preset}\n  ${' '.repeat(width)}  ${variable}`;
  });
  return [
    'Serves decisions over HTTP: OFREP on /ofrep/v1, the API of the vendor’s agent on /v1.',
    '',
    'Usage: node dist/main.js --datafile datafile.json',
    '',
    'Settings, each also in the environment or as JSON in the file of --config (SORTITION_CONFIG):',
    ...lines,
  ].join('\n');
}
