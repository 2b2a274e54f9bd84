/**
 * Which partition of the donor log a donor's facts go to: Kafka's default partitioner (murmur2 of the key, seed
 * 0x9747b28c, sign bit dropped, modulo the number of partitions), so that any Kafka client finds a donor where we do.
 */
import type { DonorToken } from './ids.ts';

const seed = 0x9747b28c;
const multiplier = 0x5bd1e995;

/** The last one to three bytes, little-endian. */
function tail(bytes: Uint8Array, from: number): number {
  let rest = 0;
  for (let at = bytes.length - 1; at >= from; at -= 1) rest = (rest << 8) | (bytes[at] ?? 0);
  return rest;
}

function mixed(word: number): number {
  const spread = Math.imul(word, multiplier);
  return Math.imul(spread ^ (spread >>> 24), multiplier);
}

function murmur2(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length - (bytes.length % 4);
  let hash = seed ^ bytes.length;
  for (let at = 0; at < whole; at += 4) hash = Math.imul(hash, multiplier) ^ mixed(view.getInt32(at, true));
  if (whole < bytes.length) hash = Math.imul(hash ^ tail(bytes, whole), multiplier);
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return hash ^ (hash >>> 15);
}

const encoder = new TextEncoder();

/** The partition of a donor among `partitions`, 0 to `partitions - 1`. The key is the token's text. */
export function partitionOf(token: DonorToken, partitions: number): number {
  return (murmur2(encoder.encode(token)) & 0x7fffffff) % partitions;
}
