/** What became of a question, in the words of the record: verdicts and codes, and the number of a record. */

const hasText = <Name extends string>(answer: object, name: Name): answer is Record<Name, string> =>
  name in answer && typeof (answer as Record<string, unknown>)[name] === 'string';

/** Every verdict or code of an answer, in its order; none for a list. */
export function outcomesOf(answer: unknown): string[] {
  if (answer === null || answer === undefined) return ['NOT_FOUND'];
  if (Array.isArray(answer)) return answer.flatMap(outcomesOf);
  if (typeof answer !== 'object') return [];
  if (hasText(answer, 'refused')) return [answer.refused];
  if (hasText(answer, 'notAvailable')) return [answer.notAvailable];
  if (hasText(answer, 'verdict')) return [answer.verdict];
  if ('decisions' in answer) return outcomesOf(answer.decisions);
  return hasText(answer, 'state') ? [answer.state] : [];
}

/** The number of the record an answer shows; null when it shows none. */
export function recordOf(answer: unknown): string | null {
  if (typeof answer !== 'object' || answer === null) return null;
  for (const name of ['donationNo', 'lookoutNo', 'registrationNo', 'id'])
    if (hasText(answer, name)) return answer[name] ?? null;
  return null;
}
