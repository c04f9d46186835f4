import { describe, expect, it } from 'vitest';
import { parseEndpoint } from '../src/index.ts';

describe('parseEndpoint', () => {
  it.each([
    'https://cdn.example.com/a.json',
    'http://localhost:8080/a',
    'http://api.localhost/a',
    'http://127.0.0.1:1/',
    'http://127.9.9.9/',
    'http://2130706433/',
    'http://[::1]/',
  ])('[SEC-07] accepts %s', (url) => {
    expect(parseEndpoint(url, 'url').href).toBe(url.replace('2130706433', '127.0.0.1'));
  });

  it.each([
    'http://cdn.example.com/a.json',
    'http://localhost.example.com/',
    'http://127.0.0.1.example.com/',
    'http://0.0.0.0/',
    'http://10.0.0.1/',
    'http://[::ffff:127.0.0.1]/',
    'ftp://localhost/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://user:pass@example.com/',
    'http://user@localhost/',
    '/relative',
    'https://',
    '',
  ])('[SEC-07] refuses %j', (url) => {
    expect(() => parseEndpoint(url, 'url')).toThrowError(expect.objectContaining({ code: 'invalid-option' }));
  });
});
