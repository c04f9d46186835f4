import { expect, test } from 'vitest';
import type { VardataRequest } from '../src/index.ts';
import { post, startLab } from './running-lab.ts';

const asked: VardataRequest[] = [];
const lab = await startLab({
  vardata: {
    deploymentKeys: ['lab'],
    decide(request) {
      asked.push(request);
      return {
        on: { key: 'on', value: 'on' },
        off: { key: 'off', metadata: { default: true } },
        helper: { key: 'x', metadata: { deployed: false } },
      };
    },
  },
});
const authorization = 'Api-Key lab';
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

test('the user is read from the header or the body, in either base64 alphabet', async () => {
  const user = { user_id: 'ü?>🚀' };
  const standard = Buffer.from(JSON.stringify(user)).toString('base64');
  for (const header of [encode(user), standard]) {
    await fetch(`${lab.url}/sdk/v2/vardata?v=0`, { headers: { authorization, 'x-amp-exp-user': header } });
  }
  await post(`${lab.url}/sdk/v2/vardata?v=0`, user, { authorization });
  expect(asked.slice(-3).map((request) => request.user)).toEqual([user, user, user]);
});

test('only the flags asked for are answered; an empty list means all', async () => {
  const keysFor = async (flagKeys: string[]) => {
    const headers = { authorization, 'x-amp-exp-flag-keys': encode(flagKeys) };
    return Object.keys((await (await post(`${lab.url}/sdk/v2/vardata`, {}, headers)).json()) as object);
  };
  expect(await keysFor(['on', 'missing'])).toEqual(['on']);
  expect(await keysFor([])).toEqual(['on', 'off', 'helper']);
});

test('the older path leaves out default and undeployed variants', async () => {
  const answer = await post(`${lab.url}/sdk/vardata`, {}, { authorization });
  expect(Object.keys((await answer.json()) as object)).toEqual(['on']);
});

test('a missing or unknown key is 401, an unreadable user or flag list 400', async () => {
  const status = async (body: unknown, headers: Record<string, string>) =>
    (await post(`${lab.url}/sdk/v2/vardata`, body, headers)).status;
  expect(await status({}, {})).toBe(401);
  expect(await status({}, { authorization: 'Api-Key other' })).toBe(401);
  expect(await status({}, { authorization: 'Bearer lab' })).toBe(401);
  expect(await status('nonsense', { authorization })).toBe(400);
  expect(await status('[]', { authorization })).toBe(400);
  expect(await status({}, { authorization, 'x-amp-exp-user': '!!' })).toBe(400);
  expect(await status({}, { authorization, 'x-amp-exp-flag-keys': encode('on') })).toBe(400);
});
