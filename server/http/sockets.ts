/**
 * What connections may cost whoever is behind them: so many at once from one address, so many requests on one, those behind
 * each other in their turn, and none kept for a caller who does not read.
 */
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import { addressOf } from './address.ts';
import type { Limits } from './limits.ts';

export interface SocketGuard {
  /** To be told of every request. */
  asked(socket: Socket): void;
  /** Ends the connections on which nothing was asked yet. */
  endUnused(): void;
}

/** Drops what comes from an address beyond its connections. */
export const guardSockets = (server: Server, { connectionsPerAddress }: Limits): SocketGuard => {
  const open = new Map<string, number>();
  const unused = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    const address = addressOf(socket);
    const count = (open.get(address) ?? 0) + 1;
    if (count > connectionsPerAddress) {
      socket.destroy();
      return;
    }
    open.set(address, count);
    unused.add(socket);
    socket.once('close', () => {
      unused.delete(socket);
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
  });
  return {
    asked: (socket) => {
      if (unused.size > 0) unused.delete(socket);
    },
    endUnused: () => {
      for (const socket of unused) socket.destroy();
    },
  };
};

/**
 * Requests sent before the one ahead of them is answered are taken in their turn, not at once: otherwise one connection
 * could have any number of them at work. More than a few waiting is nobody's usage, and ends the connection.
 */
export const inTurn = (listener: RequestListener, { pipelined }: Limits): RequestListener => {
  const waiting = new WeakMap<Socket, number>();
  return (request: IncomingMessage, response: ServerResponse) => {
    // Node gives a response its socket once those ahead of it are out.
    if (response.socket !== null) {
      listener(request, response);
      return;
    }
    const { socket } = request;
    const count = (waiting.get(socket) ?? 0) + 1;
    waiting.set(socket, count);
    if (count > pipelined) {
      socket.destroy();
      return;
    }
    response.once('socket', () => {
      waiting.set(socket, (waiting.get(socket) ?? 1) - 1);
      listener(request, response);
    });
  };
};

/** Ends the connection of a caller who takes nothing of an answer for so long. To be called when the answer is written. */
export const cutIfStalled = ({ socket }: ServerResponse, stalledMs: number): void => {
  // Node lets the time begin anew with every piece that gets through, and ends it when the answer is out.
  if (socket !== null && socket.writableLength > 0) socket.setTimeout(stalledMs);
};
