/** Documents of invented people. Each number belongs to one person of the region only, and to nobody outside it. */
import { citiesOf, noCounty } from '../places.ts';
import { civilDay, dayNamed } from '../time.ts';
import type { DocumentUse } from '../person.ts';
import { CivilDate } from '#schema/calendar.ts';

/** A document by one whole number, so that millions of them are kept in little: four to a person. */
export type DocumentId = number;

const uses: readonly DocumentUse[] = ['OWN', 'ALTERNATIVE', 'MISTYPED', 'BORROWED'];

export const documentIdOf = (person: number, use: DocumentUse): DocumentId => person * uses.length + uses.indexOf(use);

const areas = Object.values(citiesOf)
  .flat()
  .map(([code]) => code + noCounty);
const firstBirthday = dayNamed(CivilDate.parse('1971-01-01'));
const birthdays = dayNamed(CivilDate.parse('2005-12-31')) - firstBirthday + 1;
const numbersADay = 999;
const space = areas.length * birthdays * numbersADay;
/** A prime that divides none of the parts of the space: multiplying by it mixes all numbers and joins no two. */
const mixer = 7_368_787;
const largestExactly = Math.floor(Number.MAX_SAFE_INTEGER / mixer);

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** The check digit of 17 digits (GB 11643-1999). */
function checkDigitOf(digits: string): string {
  let sum = 0;
  for (const [place, weight] of weights.entries()) sum += weight * (digits.charCodeAt(place) - 48);
  return '10X98765432'.charAt(sum % 11);
}

function residentNumberOf(id: DocumentId): string {
  if (id >= Math.min(space, largestExactly)) throw new RangeError('so many people cannot be told apart');
  const mixed = (id * mixer) % space;
  const birthday = civilDay(firstBirthday + (Math.floor(mixed / numbersADay) % birthdays)).replaceAll('-', '');
  const area = areas[Math.floor(mixed / numbersADay / birthdays)] ?? '';
  const digits = area + birthday + String((mixed % numbersADay) + 1).padStart(3, '0');
  return digits + checkDigitOf(digits);
}

const passportsALetter = 10_000_000;

function passportOf(person: number): string {
  const letter = String.fromCharCode('A'.charCodeAt(0) + Math.floor(person / passportsALetter));
  return `E${letter}${String(person % passportsALetter).padStart(7, '0')}`;
}

/** Type code (WS 364 CV02.01.101) and number of a document. */
export function documentOf(id: DocumentId): readonly [typeCode: '01' | '03', number: string] {
  const [person, use] = [Math.floor(id / uses.length), uses[id % uses.length]];
  return use === 'ALTERNATIVE' ? ['03', passportOf(person)] : ['01', residentNumberOf(id)];
}
