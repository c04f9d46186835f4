/**
 * Which addresses are public. A name from a datafile can resolve to this machine or to the cloud's metadata service,
 * even after it was checked (DNS rebinding). So the check uses the address of the connection.
 */
import type { BlockList } from 'node:net';
import { SdkError } from '@sortition/core/errors';
import { loadNodeModule } from './node-modules.ts';

/** @see https://www.iana.org/assignments/iana-ipv4-special-registry */
const SPECIAL_IPV4: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

/** No other range is public. */
const UNICAST_IPV6 = [['2000::', 3]] as const;

/** Parts of that range that are not public or that contain an IPv4 address. */
const SPECIAL_IPV6: readonly (readonly [network: string, prefix: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

/**
 * Returns whether an IP address (without brackets) belongs to the public internet; `false` for a text that is not an
 * address.
 */
export function isPublicAddress(address: string): boolean {
  const family = loadNodeModule('node:net').isIP(address);
  if (family === 4) return !blockListOf(SPECIAL_IPV4, 'ipv4').check(address, 'ipv4');
  const isUnicast = family === 6 && blockListOf(UNICAST_IPV6, 'ipv6').check(address, 'ipv6');
  return isUnicast && !blockListOf(SPECIAL_IPV6, 'ipv6').check(address, 'ipv6');
}

/** Returns whether a host is an IP address that does not belong to the public internet. */
export function isPrivateAddress(hostname: string): boolean {
  return loadNodeModule('node:net').isIP(hostname) !== 0 && !isPublicAddress(hostname);
}

function blockListOf(networks: readonly (readonly [string, number])[], family: 'ipv4' | 'ipv6'): BlockList {
  const { BlockList } = loadNodeModule('node:net');
  const list = new BlockList();
  for (const [network, prefix] of networks) list.addSubnet(network, prefix, family);
  return list;
}

/** The callback form of `dns.lookup`, declared here so that the declarations need no Node types. */
export type DnsLookup = (
  hostname: string,
  options: object,
  callback: (error: Error | null, found: string | { address: string; family: number }[], family?: number) => void,
) => void;

/** Wraps a DNS lookup: fails with `request-failed` unless every address found is public. */
export function lookupPublic(lookup: DnsLookup = loadNodeModule('node:dns').lookup as DnsLookup): DnsLookup {
  return (hostname, options, callback) => {
    lookup(hostname, options, (error, found, family) => {
      if (error) return callback(error, found, family);
      const addresses = typeof found === 'string' ? [found] : found.map(({ address }) => address);
      if (addresses.length > 0 && addresses.every(isPublicAddress)) return callback(null, found, family);
      callback(refusedAddress(hostname), '', 0);
    });
  };
}

/** The error for a host that is, or resolves to, an address that is not public. */
export function refusedAddress(hostname: string): SdkError {
  return new SdkError('request-failed', `${hostname} is not on the public internet; expected a public address.`);
}
