/** The one error of this module: a file that cannot be imported as a whole, said in one sentence. */
import { fileFaults } from '#schema/codes.ts';
import type { FileFaultCode, Sentence } from '#schema/codes.ts';

/** Names the file's problem, the line where it is known, and what to do. Never holds a value of the file. */
export class FileFault extends Error {
  override readonly name = 'FileFault';
  readonly code: FileFaultCode;
  readonly sentence: Sentence;

  constructor(code: FileFaultCode, sentence: Sentence = fileFaults[code], cause?: unknown) {
    super(sentence.en, { cause });
    this.code = code;
    this.sentence = sentence;
  }
}
