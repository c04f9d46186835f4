/**
 * The small job that every environment does: one call of everything an application has, against services on this machine.
 * Written once, as the text of an ES module or of a CommonJS one.
 */

/** Package to the names the job takes from it. */
const IMPORTS = {
  sortition:
    'createClient, createStaticConfig, createPollingConfig, createBatchEvents, createMemoryProfileStore, createSnapshot, createHydratedUser, formatExplanation, isSdkError',
  '@sortition/odp': 'createOdp',
  '@sortition/cmab': 'createCmabSource',
  '@sortition/remote': 'createRemoteClient',
  '@sortition/cookies': 'amplitudeCookieName, generateAmplitudeCookie, readAmplitudeIdentity',
  '@sortition/core': 'computeBucket',
};

const BODY = `
async function runJob(base, userId, datafile) {
  const attributes = { plan: 'gold', country: 'DE' };
  const local = createClient({ config: createStaticConfig({ datafile }), events: null, logger: false });
  const localUser = local.createUserContext('katherine', attributes);
  const decision = localUser.decide('checkout', ['DISABLE_DECISION_EVENT']);
  const hydrated = createHydratedUser(createSnapshot({ checkout: decision }));
  const explained = formatExplanation(localUser.explain('checkout')).includes('checkout_redesign');
  await local.close();

  const problems = [];
  const client = createClient({
    config: createPollingConfig({ sdkKey: 'runtimes', urlTemplate: base + '/datafiles/%s.json' }),
    events: createBatchEvents({ endpoint: base + '/v1/events' }),
    odp: createOdp({ allowedHosts: ['127.0.0.1'] }),
    cmab: createCmabSource({ endpointTemplate: base + '/predict/%s' }),
    profiles: createMemoryProfileStore(),
    logger: false,
  });
  client.on('problem', ({ code, message }) => problems.push(code + ': ' + message));
  await client.ready({ timeoutMs: 10000 });
  const user = client.createUserContext(userId, attributes);
  const segments = await user.fetchQualifiedSegments();
  // Off for the users of the sample shop's holdout.
  const polled = (await user.decideAsync('vip_banner')).variationKey !== null;
  user.trackEvent('purchase', { revenue: 4200 });
  const report = await client.close();

  const remote = createRemoteClient('key', { serverUrl: base, logger: false });
  const variants = await remote.fetch({ user_id: userId });
  const cookie = amplitudeCookieName('0123456789abcdef') + '=' + generateAmplitudeCookie('device-1');
  return {
    decided: decision.variationKey,
    hydrated: hydrated.decide('checkout').variationKey,
    explained,
    bucket: computeBucket('zo\\u00eb', '1'),
    polled,
    segments: segments ? user.qualifiedSegments.join() : 'none',
    delivered: report.delivered > 0 && report.dropped === 0 && report.pending === 0,
    remote: variants.headline ? variants.headline.value : 'none',
    cookie: readAmplitudeIdentity(cookie, '0123456789abcdef').deviceId,
    errors: isSdkError(new Error('foreign')),
    problems,
  };
}
`;

/** What the job answers where everything works. */
export const EXPECTED = {
  decided: 'one_page',
  hydrated: 'one_page',
  explained: true,
  bucket: 3432,
  polled: true,
  segments: 'vip',
  delivered: true,
  remote: 'b',
  cookie: 'device-1',
  errors: false,
  problems: [],
};

/** @param {'esm' | 'cjs'} format */
export function writeJob(format) {
  const imports = Object.entries(IMPORTS).map(([name, names]) =>
    format === 'esm' ? `import { ${names} } from '${name}';` : `const { ${names} } = require('${name}');`,
  );
  return `${imports.join('\n')}\n${BODY}\n${format === 'esm' ? 'export { runJob };' : 'module.exports = { runJob };'}\n`;
}

/**
 * A program that does the job when it is started and prints the answer. Where it is bundled it gets no arguments: its
 * settings are in a global variable.
 *
 * @param {'esm' | 'cjs'} format
 */
export function writeProgram(format) {
  const start = format === 'esm' ? "import { runJob } from './job.mjs';" : "const { runJob } = require('./job.cjs');";
  return `${start}
const { base, userId, datafile } = globalThis.JOB;
runJob(base, userId, datafile).then(
  (answer) => console.log('ANSWER ' + JSON.stringify(answer)),
  (error) => console.log('ANSWER ' + JSON.stringify({ error: String(error && error.stack || error) })),
);
`;
}
