import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildRequest, encodeText, type RemoteRequestOptions } from '../src/remote-request.ts';
import type { RemoteUser } from '../src/remote-user.ts';

const ask = (user: RemoteUser, options: RemoteRequestOptions) => buildRequest(user, options, 'client-key', encodeText);
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

const userOf = (headers: Record<string, string>) =>
  Buffer.from(headers['x-amp-exp-user'] ?? '', 'base64url').toString('utf8');

describe('encodeText', () => {
  it.each([
    ['["flag-a","flag-b"]', 'WyJmbGFnLWEiLCJmbGFnLWIiXQ'],
    ['[]', 'W10'],
    ['["a?>","b~ü"]', 'WyJhPz4iLCJifsO8Il0'],
    ['{"library":"custom/1","user_id":"ü?>🚀"}', 'eyJsaWJyYXJ5IjoiY3VzdG9tLzEiLCJ1c2VyX2lkIjoiw7w_PvCfmoAifQ'],
    ['My 🚀 is full of 🦎', 'TXkg8J-agCBpcyBmdWxsIG9mIPCfpo4'],
    ['', ''],
  ])('writes %s as unpadded base64url of UTF-8', (text, encoded) => {
    expect(encodeText(text)).toBe(encoded);
  });

  it('[IN-03] encodes what Node encodes, for every JSON text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = JSON.stringify(text);
        expect(encodeText(json)).toBe(Buffer.from(json).toString('base64url'));
      }),
    );
  });
});

describe('buildRequest', () => {
  it('puts the user into a header of a GET, with the library in front', () => {
    const { method, headers, body } = ask({ user_id: 'u', country: 'FR' }, {});
    expect({ method, body }).toEqual({ method: 'GET', body: undefined });
    expect(Object.keys(headers).sort()).toEqual(['authorization', 'x-amp-exp-user']);
    expect(headers.authorization).toBe('Api-Key client-key');
    expect(userOf(headers)).toBe(`{"library":"sortition-remote/${version}","user_id":"u","country":"FR"}`);
  });

  it.each([
    [{}, {}],
    [{ user_id: null, device_id: undefined, country: 'FR' }, { country: 'FR' }],
    [{ user_id: 'null' }, { user_id: 'null' }],
    [{ user_properties: { plan: null } }, { user_properties: { plan: null } }],
    [
      { library: 'custom/1', user_id: 'u' },
      { library: 'custom/1', user_id: 'u' },
    ],
    [{ library: null, user_id: 'u' }, { user_id: 'u' }],
    [{ user_id: 'u', toJSON: () => 'another' }, { user_id: 'u' }],
    [
      { user_id: 'u', unknown_field: 5 },
      { user_id: 'u', unknown_field: 5 },
    ],
  ])('sends %j without empty fields', (user, expected) => {
    const sent = JSON.parse(userOf(ask(user as RemoteUser, {}).headers));
    expect(sent).toEqual({ library: `sortition-remote/${version}`, ...expected });
    expect(Object.keys(sent)[0]).toBe('library');
  });

  it('sends odd keys as they are and does not touch the user', () => {
    const user = Object.freeze(JSON.parse('{"user_id":"u","__proto__":{"x":1},"constructor":"c","library":null}'));
    const sent = userOf(ask(user, {}).headers);
    expect(sent).toContain('"__proto__":{"x":1},"constructor":"c"');
    expect(JSON.parse(sent).library).toMatch(/^sortition-remote/);
  });

  it.each([
    [{}, {}],
    [{ flagKeys: ['flag-a', 'flag-b'] }, { 'x-amp-exp-flag-keys': 'WyJmbGFnLWEiLCJmbGFnLWIiXQ' }],
    [{ flagKeys: [] }, { 'x-amp-exp-flag-keys': 'W10' }],
    [{ flagKeys: null, tracksAssignment: null, tracksExposure: undefined }, {}],
    [{ tracksAssignment: true }, { 'x-amp-exp-track': 'track' }],
    [{ tracksAssignment: false }, { 'x-amp-exp-track': 'no-track' }],
    [{ tracksExposure: true }, { 'x-amp-exp-exposure-track': 'track' }],
    [{ tracksExposure: false }, { 'x-amp-exp-exposure-track': 'no-track' }],
  ])('says %j in headers', (options, expected) => {
    const { authorization, 'x-amp-exp-user': _, ...headers } = ask({}, options).headers;
    expect(headers).toEqual(expected);
  });

  it('turns to a POST when user and flag keys are longer than 8,000 characters in headers', () => {
    const padding = (length: number) => ({ user_id: 'u'.repeat(length) });
    let longest = 5_000;
    while (ask(padding(longest + 1), {}).method === 'GET') longest += 1;
    expect(ask(padding(longest), {}).headers['x-amp-exp-user']?.length).toBeLessThanOrEqual(8_000);
    expect(ask(padding(longest), {}).headers['x-amp-exp-user']?.length).toBeGreaterThan(7_990);

    const { method, headers, body } = ask(padding(longest + 1), { tracksExposure: true });
    expect(method).toBe('POST');
    expect(headers).toEqual({
      authorization: 'Api-Key client-key',
      'content-type': 'application/json',
      'x-amp-exp-exposure-track': 'track',
    });
    expect(JSON.parse(body ?? '')).toEqual({ library: `sortition-remote/${version}`, ...padding(longest + 1) });
    expect(ask(padding(longest), { flagKeys: ['flag'] }).method).toBe('POST');
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'u'],
    ['a list', []],
    ['a bigint', { user_id: 5n }],
    [
      'a getter that throws',
      {
        get user_id() {
          throw new Error('no');
        },
      },
    ],
  ])('refuses %s as a user', (_, user) => {
    expect(() => ask(user as RemoteUser, {})).toThrowError(expect.objectContaining({ code: 'invalid-user' }));
  });

  it('refuses a user that contains itself', () => {
    const user: Record<string, unknown> = { user_id: 'u' };
    user.user_properties = user;
    expect(() => ask(user as RemoteUser, {})).toThrow(/JSON/);
  });
});
