/**
 * Nothing is worth timing unless all contestants decide the same. SDKs that share the hash give the same variations; the
 * others put the same users into the experiment.
 *
 * @param {Record<string, string[]>} answers By contestant; `off` for users outside the experiment.
 */
export function compareAnswers(answers) {
  const [[, expected = []] = []] = Object.entries(answers);
  const served = expected.filter((value) => value !== 'off').length;
  if (served < expected.length / 10 || served > expected.length * 0.9)
    throw new Error(`${served} of ${expected.length} were served: not a realistic project`);
  for (const [name, values] of Object.entries(answers)) {
    const isExact = name === 'floor' || name.startsWith('sortition');
    const at = values.findIndex((value, index) =>
      isExact ? value !== expected[index] : (value === 'off') !== (expected[index] === 'off'),
    );
    if (at >= 0) throw new Error(`${name} answers ${values[at]} where ${expected[at]} is expected`);
  }
}
