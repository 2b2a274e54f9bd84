/**
 * What is to become of a cell. `IGNORED`: not shown, and need not be kept, such as a sum nobody can ask for. `OPEN`: shown if it
 * can be. `FIXED`: shown before, or known to everybody anyway (a blood station draws no source plasma); stays shown. `HIDDEN`:
 * never shown, and nobody may compute it.
 */
export const Standing = { IGNORED: 0, OPEN: 1, FIXED: 2, HIDDEN: 3 } as const;
export type Standing = (typeof Standing)[keyof typeof Standing];
