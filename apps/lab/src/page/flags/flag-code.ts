/** A flag as code: what an application, a terminal or a test writes to use it. */
import type { ProjectFlag } from '../lab/project.ts';

export function decideCall({ key, variables }: ProjectFlag): string {
  const names = variables.map((variable) => variable.key).filter((name) => /^[A-Za-z_]\w*$/.test(name));
  const reading = names.length === 0 ? '' : `\nconst { ${names.join(', ')} } = decision.variables;`;
  return `const decision = user.decide(${JSON.stringify(key)});\nif (decision.enabled) {\n  // ${key}\n}${reading}\n`;
}

export function curlCall(origin: string, { key }: ProjectFlag): string {
  const user = `{"user_id":"ada","user_properties":{}}`;
  return `curl -H 'Authorization: Api-Key lab' '${origin}/sdk/v2/vardata?flag_keys=${encodeURIComponent(key)}' -H 'X-Amp-Exp-User: ${btoa(user)}'\n`;
}

export function testCode({ key, rules, variables }: ProjectFlag): string {
  const variationKey = rules.find(({ kind }) => kind === 'experiment')?.variations[0]?.key ?? 'on';
  const values = Object.fromEntries(variables.map((variable) => [variable.key, readDefault(variable)]));
  const flag = JSON.stringify({ variationKey, enabled: true, variables: values });
  return `import { createTestClient } from '@sortition/testing';\n\nconst client = createTestClient({ flags: { ${JSON.stringify(key)}: ${flag} } });\nconst decision = client.createUserContext('ada').decide(${JSON.stringify(key)});\n`;
}

function readDefault({ type, subType, defaultValue }: ProjectFlag['variables'][number]): unknown {
  if (type === 'string' && subType !== 'json') return defaultValue;
  try {
    return JSON.parse(defaultValue);
  } catch {
    return defaultValue;
  }
}
