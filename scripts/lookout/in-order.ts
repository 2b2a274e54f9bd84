/** Works on many items, so many at a time, and hands the results on in the order of the items. */

/** All results, in order. The first failure ends it. */
export async function mapInOrder<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for await (const result of inOrder(items, width, work)) results.push(result);
  return results;
}

/** Each result as soon as it and all before it are there. At most `width` are worked on or wait to be taken. */
export async function* inOrder<T, R>(
  items: Iterable<T>,
  width: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const running: Promise<R>[] = [];
  for (const item of items) {
    const result = work(item);
    // Whoever takes it sees the failure; until then it is not an unhandled one.
    result.catch(() => undefined);
    if (running.push(result) < width) continue;
    const first = running.shift();
    if (first !== undefined) yield await first;
  }
  yield* running;
}
