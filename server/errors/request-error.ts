/** What is wrong with a request itself, before or beside GraphQL: a code of `schema/codes.ts` and its HTTP status. */
import { requestErrors } from '#schema/codes.ts';
import type { RequestErrorCode } from '#schema/codes.ts';

const statuses = {
  BAD_REQUEST: 400,
  UNAUTHENTICATED: 401,
  CROSS_SITE_REQUEST: 403,
  FORBIDDEN: 403,
  PATH_UNKNOWN: 404,
  DOCUMENT_UNKNOWN: 404,
  METHOD_NOT_ALLOWED: 405,
  NOT_ACCEPTABLE: 406,
  BODY_TIMEOUT: 408,
  BODY_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  TOO_MANY_REQUESTS: 429,
  GRAPHQL_PARSE_FAILED: 400,
  GRAPHQL_VALIDATION_FAILED: 400,
  DOCUMENT_TOO_COMPLEX: 400,
  OPERATION_UNKNOWN: 400,
  BAD_VARIABLES: 400,
} as const satisfies Record<RequestErrorCode, number>;

export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: RequestErrorCode;
  /** The methods the path takes, for `METHOD_NOT_ALLOWED`. */
  readonly allow: string | undefined;
  /** In how many seconds to ask again, for `TOO_MANY_REQUESTS`. */
  readonly retryAfterS: number | undefined;

  /** @param detail what exactly; it is sent to the caller and must say nothing but what the caller sent. */
  constructor(code: RequestErrorCode, options: { detail?: string; allow?: string; retryAfterS?: number } = {}) {
    super(options.detail ?? requestErrors[code].en);
    this.code = code;
    this.allow = options.allow;
    this.retryAfterS = options.retryAfterS;
  }

  get status(): number {
    return statuses[this.code];
  }
}
