/**
 * Identity documents and their normal form (DESIGN section 8): one person's document gives one text whichever way it
 * was typed, and anything that is not exactly of its form is turned away, never repaired. The normal form lives in
 * memory only; what is stored is the token made of it.
 */
import { z } from 'zod';

import { findCivilDate } from './calendar.ts';
import type { CivilDate } from './calendar.ts';

/** The document types of the federation. Their codes are those of WS 364.3 (CV02.01.101). */
export const DocumentType = z.enum(['RESIDENT_ID', 'PASSPORT', 'HK_MACAO_PERMIT', 'TAIWAN_PERMIT']);
export type DocumentType = z.infer<typeof DocumentType>;

/** WS 364 code -> document type. */
export const documentTypeCodes = {
  '01': 'RESIDENT_ID',
  '03': 'PASSPORT',
  '06': 'HK_MACAO_PERMIT',
  '07': 'TAIWAN_PERMIT',
} as const satisfies Record<string, DocumentType>;

/** A document as it was scanned or typed. */
export interface Document {
  readonly type: DocumentType;
  readonly number: string;
}

/** A document in normal form, `TYPE:NUMBER`: what a donor token is made of. Never stored, logged or sent. */
export type NormalDocument = string & z.$brand<'NormalDocument'>;

/** GB/T 2260 provinces; 81, 82 and 83 are the residence permits of Hong Kong, Macao and Taiwan residents. */
const provinces = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83'.split(' '),
);

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const checkDigits = '10X98765432';

/** The check digit of the first 17 digits (GB 11643-1999, ISO 7064 MOD 11-2). */
function checkDigitOf(digits: string): string {
  let sum = 0;
  for (let index = 0; index < weights.length; index += 1) {
    sum += (digits.charCodeAt(index) - 48) * (weights[index] ?? 0);
  }
  return checkDigits.charAt(sum % 11);
}

/**
 * A resident identity number, a residence permit (81/82/83) or a foreigner's permanent-resident card of the form of
 * 2023 (`9`, two digits of province, three of nationality). All have a birthday in the middle and the same check digit.
 */
function normalResidentNumber(number: string, today: CivilDate): string | undefined {
  const upper = number.endsWith('x') ? `${number.slice(0, -1)}X` : number;
  const old = /^\d{15}$/.test(upper) ? `${upper.slice(0, 6)}19${upper.slice(6)}` : undefined;
  const full = old === undefined ? upper : old + checkDigitOf(old);
  if (!/^[1-9]\d{16}[\dX]$/.test(full)) return undefined;
  const province = full.startsWith('9') ? full.slice(1, 3) : full.slice(0, 2);
  if (!provinces.has(province)) return undefined;
  const birthday = findCivilDate(`${full.slice(6, 10)}-${full.slice(10, 12)}-${full.slice(12, 14)}`);
  if (birthday === undefined || birthday > today || birthday < '1850-01-01') return undefined;
  return checkDigitOf(full) === full.charAt(17) ? full : undefined;
}

const forms: Record<Exclude<DocumentType, 'RESIDENT_ID'>, RegExp> = {
  // ICAO 9303: up to nine capital letters and digits.
  PASSPORT: /^[A-Z0-9]{5,9}$/,
  // The holder's nine characters. The two digits some old cards add count re-issues and would make one person two.
  HK_MACAO_PERMIT: /^[HM]\d{8}$/,
  TAIWAN_PERMIT: /^\d{8}$/,
};

/**
 * The normal form of a document, or undefined when it is not exactly of its form. Blanks around it are dropped; a
 * resident number's `x` becomes `X` and its 15-digit form becomes the 18-digit one.
 *
 * @param today a birthday after this day is wrong.
 */
export function findNormalDocument(document: Document, today: CivilDate): NormalDocument | undefined {
  const number = document.number.replace(/^[ \t]+|[ \t]+$/g, '');
  if (document.type === 'RESIDENT_ID') {
    const normal = normalResidentNumber(number, today);
    return normal === undefined ? undefined : (`RESIDENT_ID:${normal}` as NormalDocument);
  }
  return forms[document.type].test(number) ? (`${document.type}:${number}` as NormalDocument) : undefined;
}
