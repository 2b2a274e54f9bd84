import { describe, expect, test } from 'vitest';

import { findNormalDocument } from '#schema/documents.ts';
import type { DocumentType } from '#schema/documents.ts';
import { day } from '#test/support/facts.ts';

const today = day('2026-11-21');
const normal = (type: DocumentType, number: string) => findNormalDocument({ type, number }, today);

/** The check digit of 17 digits, written a second way. */
function withCheckDigit(digits: string): string {
  const sum = Array.from(digits).reduce((total, digit, index) => total + Number(digit) * (2 ** (17 - index) % 11), 0);
  return digits + '10X98765432'.charAt(sum % 11);
}

describe('a resident identity number', () => {
  test('is the same person in lower case, in the old form and with blanks around it', () => {
    const one = 'RESIDENT_ID:37059819890422051X';
    expect(normal('RESIDENT_ID', '37059819890422051X')).toBe(one);
    expect(normal('RESIDENT_ID', '37059819890422051x')).toBe(one);
    expect(normal('RESIDENT_ID', ' \t37059819890422051X  ')).toBe(one);
    expect(normal('RESIDENT_ID', '370598890422051')).toBe(one);
  });

  test.each([
    ['a wrong check digit', '370598198904220511'],
    ['full-width digits', '３７０５９８１９８９０４２２０５１Ｘ'],
    ['a day that does not exist', withCheckDigit('37059819900230051')],
    ['29 February of a common year', withCheckDigit('37059820250229051')],
    ['a birthday in the future', withCheckDigit('37059820261122051')],
    ['a province that does not exist', withCheckDigit('99059819890422051').replace('9', '1')],
    ['an unassigned province', withCheckDigit('38059819890422051')],
    ['a blank inside', '370598 19890422051X'],
    ['too few digits', '3705981989042205'],
    ['a no-break space in front', '\u00a037059819890422051X'],
    ['nothing', ''],
  ])('with %s is refused', (_, number) => {
    expect(normal('RESIDENT_ID', number)).toBeUndefined();
  });

  test.each([
    ['born on 29 February of a leap year', withCheckDigit('37059820240229051')],
    ['born today', withCheckDigit('37059820261121051')],
    ['a residence permit of a Hong Kong resident', withCheckDigit('81000019900101001')],
    ['a residence permit of a Macao resident', withCheckDigit('82000019900101001')],
    ['a residence permit of a Taiwan resident', withCheckDigit('83000019900101001')],
    ["a foreigner's permanent-resident card", withCheckDigit('93184019900101001')],
  ])('%s is accepted', (_, number) => {
    expect(normal('RESIDENT_ID', number)).toBe(`RESIDENT_ID:${number}`);
  });

  test('a permanent-resident card of a province that does not exist is refused', () => {
    expect(normal('RESIDENT_ID', withCheckDigit('93884019900101001'))).toBeUndefined();
  });
});

describe('the other documents', () => {
  test.each<[DocumentType, string, boolean]>([
    ['PASSPORT', 'EH2979194', true],
    ['PASSPORT', 'E12345678', true],
    ['PASSPORT', 'eh2979194', false],
    ['PASSPORT', 'EH29791941', false],
    ['PASSPORT', 'EH-979194', false],
    ['HK_MACAO_PERMIT', 'H63123456', true],
    ['HK_MACAO_PERMIT', 'M55123456', true],
    ['HK_MACAO_PERMIT', 'H6312345601', false],
    ['HK_MACAO_PERMIT', 'X63123456', false],
    ['TAIWAN_PERMIT', '45814817', true],
    ['TAIWAN_PERMIT', '4581481', false],
    ['TAIWAN_PERMIT', '458148171', false],
  ])('%s %s: %s', (type, number, accepted) => {
    expect(normal(type, number)).toBe(accepted ? `${type}:${number}` : undefined);
  });

  test('of two types with one number are two documents', () => {
    expect(normal('PASSPORT', '45814817')).not.toBe(normal('TAIWAN_PERMIT', '45814817'));
  });
});
