/** Which Node this project runs on. npm scripts bring it; who types `node x.ts` may have another. */

/** Older ones do not run TypeScript as it is, or only with warnings. */
export const oldestNode = [24, 12] as const;

export function isRecentNode(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
}

/** Ends the process with a sentence when it runs on a Node that is too old. */
export function refuseOldNode(): void {
  if (isRecentNode(process.versions.node)) return;
  console.error(
    `This needs Node ${oldestNode.join('.')} or later and this is ${process.versions.node}: use npm start and npm run lookout, which bring their own.`,
  );
  process.exit(2);
}
