import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseEndpoint, parseInsecureHosts, parseUrl } from '../src/index.ts';

afterEach(() => vi.unstubAllGlobals());

const refused = expect.objectContaining({ code: 'invalid-option' });

describe('parseEndpoint', () => {
  it.each([
    'https://cdn.example.com/a.json',
    'https://cdn.example.com',
    'https://cdn.example.com/a.json?key=1#top',
    'HTTPS://CDN.example.com:8443',
    'https://bücher.example/ä',
    'http://localhost:8080/a',
    'http://127.0.0.1:1/',
    'http://127.9.9.9/',
    'http://[::1]/',
    'http://[0:0:0:0:0:0:0:1]:80/',
  ])('[SEC-07] accepts %s and keeps its text', (url) => {
    expect(parseEndpoint(url, 'url').href).toBe(url);
  });

  it.each([
    'http://cdn.example.com/a.json',
    'http://localhost.example.com/',
    'http://127.0.0.1.example.com/',
    'http://0.0.0.0/',
    'http://10.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://127.1/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::2]/',
    'http://[1::1]/',
    'ftp://localhost/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://user:pass@example.com/',
    'https://user@example.com:443/a@b',
    'http://user@localhost/',
    'http://localhost\\@example.com/',
    'http://localhost/\\example.com/',
    'http://%6cocalhost/',
    'https://exa%2Fmple.com/',
    ' https://example.com/',
    'https://example.com/a b',
    'https://example.com/\n',
    'https:example.com',
    'https:\\\\example.com',
    'https://example.com:port/',
    '/relative',
    'https://',
    '',
  ])('[SEC-07] refuses %j', (url) => {
    expect(() => parseEndpoint(url, 'url')).toThrowError(refused);
  });

  it.each(['http://api.localhost/a', 'http://localhost./', 'http://a.b.localhost:4010/'])(
    '[NET-09] does not take %s for this machine, because DNS says where it is',
    (url) => {
      expect(() => parseEndpoint(url, 'url')).toThrowError(refused);
    },
  );

  it('says what is wrong without the text of the URL', () => {
    expect(() => parseEndpoint('https://user:s3cret@example.com/', 'url')).toThrow(
      'url holds a user name or password; pass credentials as headers instead.',
    );
    expect(() => parseEndpoint('s3cret', 'url')).toThrow(/^url is not an absolute URL; expected [^3]+$/);
    expect(() => parseEndpoint('http://proxy:3546/s3cret', 'url')).toThrow(
      'url is http://proxy:3546; expected an https URL. Plain http is for this machine and for hosts named in insecureHosts.',
    );
  });

  it.each([
    [
      'a URL whose parts are not implemented, as in React Native',
      class {
        get username(): string {
          throw new Error('URL.username is not implemented');
        }
      },
    ],
    [
      'a URL that adds slashes, as in React Native',
      class {
        readonly href: string;
        constructor(url: string) {
          this.href = `${url}/`;
        }
      },
    ],
    ['no URL at all', undefined],
  ])('[NET-01] needs nothing of the platform: %s', (_, platformUrl) => {
    vi.stubGlobal('URL', platformUrl);
    expect(parseEndpoint('https://Example.com:443/a/b.json?c#d', 'url')).toEqual({
      href: 'https://Example.com:443/a/b.json?c#d',
      protocol: 'https:',
      hostname: 'example.com',
      port: '',
      host: 'example.com',
      origin: 'https://example.com',
      pathname: '/a/b.json',
      search: '?c',
      hash: '#d',
    });
  });

  it.each([
    'https://example.com',
    'http://EXAMPLE.com:8080/a?b#c',
    'https://example.com:0443/a/b',
    'http://[::1]:80/',
    'https://example.com?q',
  ])('reads %s as the platform does', (url) => {
    const { protocol, host, hostname, port, origin, pathname, search, hash } = new URL(url);
    expect(parseUrl(url, 'url')).toMatchObject({ protocol, host, hostname, port, origin, pathname, search, hash });
  });
});

describe('[NET-07] hosts that may be asked without TLS', () => {
  it.each([
    [['evaluation-proxy'], 'http://evaluation-proxy:3546/a', true],
    [['Evaluation-Proxy:3546'], 'http://evaluation-proxy:3546', true],
    [['evaluation-proxy:80'], 'http://evaluation-proxy/', true],
    [['*.svc.cluster.local'], 'http://flags.team.svc.cluster.local/', true],
    [['[fd00::1]:8080'], 'http://[fd00::1]:8080/', true],
    [['evaluation-proxy:3546'], 'http://evaluation-proxy:3547', false],
    [['evaluation-proxy'], 'http://evaluation-proxy.example.com/', false],
    [['*.svc.cluster.local'], 'http://svc.cluster.local/', false],
    [['*.svc.cluster.local'], 'http://evilsvc.cluster.local/', false],
    [[], 'http://evaluation-proxy/', false],
  ])('%j and %s: %s', (insecureHosts, url, expected) => {
    const attempt = () => parseEndpoint(url, 'url', insecureHosts).href;
    if (expected) expect(attempt()).toBe(url);
    else expect(attempt).toThrowError(refused);
  });

  it.each([['proxy'], [{}], [['*']], [['']], [[1]], [['http://proxy']], [['proxy/path']], [[null]]])(
    'are not %j',
    (insecureHosts) => {
      expect(() => parseInsecureHosts(insecureHosts as never)).toThrowError(refused);
    },
  );
});
