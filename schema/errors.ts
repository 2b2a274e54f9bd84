/** The two ways to say no: a refusal is an answer, a fault is a failure. Both carry a code of `codes.ts`. */
import { faults, refusals } from './codes.ts';
import type { FaultCode, RefusalCode } from './codes.ts';
import type { StationCode } from './ids.ts';

/** The request was understood and a rule says no. Modules throw it; GraphQL answers with the type `Refused`. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: RefusalCode;

  /** @param detail what exactly, for a person; never an identity number or a token. */
  constructor(code: RefusalCode, detail?: string) {
    super(detail ?? refusals[code].en);
    this.code = code;
  }
}

/** Something broke or is unreachable. Masked to the caller, who sees code, station and whether to retry; logged whole. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: FaultCode;
  readonly station: StationCode | undefined;

  constructor(code: FaultCode, options: { station?: StationCode; cause?: unknown } = {}) {
    super(faults[code].en, { cause: options.cause });
    this.code = code;
    this.station = options.station;
  }

  get retryable(): boolean {
    return faults[this.code].retryable;
  }
}
