/** Where a connection comes from, as it is counted: an IPv4 address, or the /64 of an IPv6 address, since one host has all of that. */
import type { Socket } from 'node:net';

const mapped = '::ffff:';

/** The first four groups, with those that `::` stands for. */
const networkOf = (address: string): string => {
  const [before = '', after] = address.split('::');
  const groups = before.split(':').filter((group) => group !== '');
  const rest = (after ?? '').split(':').filter((group) => group !== '');
  const missing = after === undefined ? 0 : 8 - groups.length - rest.length;
  return [...groups, ...Array<string>(Math.max(0, missing)).fill('0'), ...rest].slice(0, 4).join(':');
};

export const addressOf = ({ remoteAddress = '' }: Pick<Socket, 'remoteAddress'>): string => {
  if (remoteAddress.startsWith(mapped)) return remoteAddress.slice(mapped.length);
  return remoteAddress.includes(':') ? networkOf(remoteAddress) : remoteAddress;
};
