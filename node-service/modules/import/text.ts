/**
 * The first stage of an import: the bytes of an upload become text, piece by piece. Here it is found out that a file
 * is no text at all, or not in its encoding; a byte that does not fit is never replaced by a question mark.
 */
import type { Encoding } from './profile.ts';
import { FileFault } from './file-fault.ts';

/** How much is decoded at a time: small enough that other requests are answered in between. */
const pieceBytes = 16 * 1024;

/** A piece of the file, and how many bytes of the file have been read with it. */
export interface Piece {
  readonly text: string;
  readonly bytes: number;
}

const signatures: readonly { readonly starts: string; readonly name: string; readonly nameZh: string }[] = [
  { starts: '504b0304', name: 'a ZIP archive or an Excel workbook', nameZh: 'ZIP 压缩包或 Excel 工作簿' },
  { starts: '504b0506', name: 'an empty ZIP archive', nameZh: '空的 ZIP 压缩包' },
  { starts: 'd0cf11e0', name: 'an old Excel workbook', nameZh: '旧版 Excel 工作簿' },
  { starts: '1f8b', name: 'a gzip archive', nameZh: 'gzip 压缩包' },
  { starts: '377abcaf', name: 'a 7z archive', nameZh: '7z 压缩包' },
  { starts: '52617221', name: 'a RAR archive', nameZh: 'RAR 压缩包' },
  { starts: '25504446', name: 'a PDF', nameZh: 'PDF 文件' },
];
const longestSignature = 4;

const notCsv = (name: string, nameZh: string) =>
  new FileFault('NOT_CSV', {
    zh: `这是${nameZh}，不是 CSV 文本文件；请从系统中导出为 CSV 后重新上传。`,
    en: `This is ${name}, not CSV text: export it as CSV and upload it again.`,
  });

const wrongEncoding = (encoding: string) =>
  new FileFault('WRONG_ENCODING', {
    zh: `文件不是 ${encoding} 编码；请按 ${encoding} 重新导出。`,
    en: `The file is not ${encoding} text: export it again as ${encoding}.`,
  });

/** The encoding the first bytes give away, or else the profile's; throws when they are not of a text file. */
function encodingOf(start: Buffer, expected: Encoding): Encoding {
  const hex = start.toString('hex');
  const known = signatures.find(({ starts }) => hex.startsWith(starts));
  if (known !== undefined) throw notCsv(known.name, known.nameZh);
  if (hex.startsWith('fffe') || hex.startsWith('feff')) throw wrongEncoding(expected);
  return hex.startsWith('efbbbf') ? 'utf-8' : expected;
}

/** Bytes in pieces of at most `pieceBytes`; the first is long enough to tell what the file is. */
async function* piecesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let start: Buffer | undefined = Buffer.alloc(0);
  try {
    for await (const chunk of input) {
      let bytes: Buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      if (start !== undefined) {
        bytes = Buffer.concat([start, bytes]);
        start = bytes.length < longestSignature ? bytes : undefined;
        if (start !== undefined) continue;
      }
      for (let from = 0; from < bytes.length; from += pieceBytes) yield bytes.subarray(from, from + pieceBytes);
    }
  } catch (cause) {
    throw new FileFault('CUT_OFF', undefined, cause);
  }
  if (start !== undefined) yield start;
}

/**
 * The text of a file.
 *
 * @throws FileFault NOT_CSV, WRONG_ENCODING or CUT_OFF
 */
export async function* readText(input: AsyncIterable<Uint8Array>, expected: Encoding): AsyncGenerator<Piece> {
  let decoder: TextDecoder | undefined;
  let encoding = expected;
  let bytes = 0;
  const decode = (piece?: Buffer): string => {
    try {
      return decoder?.decode(piece, { stream: piece !== undefined }) ?? '';
    } catch {
      throw wrongEncoding(encoding);
    }
  };
  for await (const piece of piecesOf(input)) {
    if (decoder === undefined) {
      encoding = encodingOf(piece, expected);
      decoder = new TextDecoder(encoding, { fatal: true });
    }
    if (piece.includes(0)) throw notCsv('a binary file', '二进制文件');
    bytes += piece.length;
    yield { text: decode(piece), bytes };
  }
  yield { text: decode(), bytes };
}
